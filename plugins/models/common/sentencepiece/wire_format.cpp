#include "plugins/models/common/sentencepiece/wire_format.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

namespace ocellus::models {
namespace {

class MessageReader {
 public:
  MessageReader(std::string_view message, const std::string& where) : message_(message), where_(where) {}

  bool at_end() const { return at_ == message_.size(); }

  WireField field() {
    const std::uint64_t tag = varint();
    WireField field{static_cast<std::uint32_t>(tag >> 3)};
    if (tag >> 32 != 0 || field.number == 0) fail();
    switch (tag & 7) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.kind = WireField::Kind::fixed64;
        field.value = fixed(8);
        break;
      case 2:
        field.kind = WireField::Kind::bytes;
        field.bytes = take(varint());
        break;
      case 5:
        field.kind = WireField::Kind::fixed32;
        field.value = fixed(4);
        break;
      default:
        fail();
    }
    return field;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(OC_E_MODEL, fmt::format("{} is not a SentencePiece model: it is malformed at byte {} of a message; "
                                        "download it again",
                                        where_, at_));
  }

  std::string_view take(std::uint64_t count) {
    if (count > message_.size() - at_) fail();
    const std::string_view taken = message_.substr(at_, static_cast<std::size_t>(count));
    at_ += taken.size();
    return taken;
  }

  std::uint64_t fixed(std::size_t count) {
    std::uint64_t value = 0;
    const std::string_view taken = take(count);
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }

  // Seven bits a byte, lowest first.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
  }

  std::string_view message_;
  const std::string& where_;
  std::size_t at_ = 0;
};

}  // namespace

void for_each_field(std::string_view message, const std::string& where,
                    const std::function<void(const WireField&)>& visit) {
  for (MessageReader reader(message, where); !reader.at_end();) visit(reader.field());
}

}  // namespace ocellus::models
