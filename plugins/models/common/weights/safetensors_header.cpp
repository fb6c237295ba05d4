#include "plugins/models/common/weights/safetensors_header.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <unordered_set>
#include <utility>

#include "plugins/models/common/weights/quoted_name.hpp"

namespace ocellus::models {
namespace {

using Json = nlohmann::json;

// Receives the JSON as events, because a DOM would drop the first of two equal names without a word.
class HeaderReader final : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(std::string_view file) : file_(file) {}

  std::vector<HeaderEntry> take_entries() { return std::move(entries_); }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) return enter(Place::header);
    if (place_ != Place::header) unexpected("an object");
    if (key_ == "__metadata__") return enter(Place::metadata);
    entries_.push_back({.name = key_});
    fields_seen_.clear();
    return enter(Place::tensor);
  }

  bool key(string_t& key) override {
    key_ = key;
    if (place_ == Place::header && !names_.insert(key).second) fail("names {} twice", quoted_name(key));
    if (place_ == Place::tensor) {
      if (key != "dtype" && key != "shape" && key != "data_offsets")
        fail("gives tensor {} the unknown field {}", quoted_name(tensor().name), quoted_name(key));
      if (!fields_seen_.insert(key).second)
        fail("gives tensor {} two fields {}", quoted_name(tensor().name), quoted_name(key));
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::header) return enter(Place::outside);
    if (place_ == Place::tensor)
      for (const char* field : {"dtype", "shape", "data_offsets"})
        if (!fields_seen_.contains(field)) fail("gives tensor {} no {}", quoted_name(tensor().name), field);
    return enter(Place::header);
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::tensor || key_ == "dtype") unexpected("an array");
    numbers_.clear();
    return enter(Place::numbers);
  }

  bool end_array() override {
    if (key_ == "shape") {
      tensor().shape = numbers_;
    } else {
      if (numbers_.size() != 2)
        fail("gives tensor {} {} data_offsets, not 2", quoted_name(tensor().name), numbers_.size());
      tensor().begin = numbers_[0];
      tensor().end = numbers_[1];
    }
    return enter(Place::tensor);
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::numbers) unexpected("a number");
    numbers_.push_back(value);
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::metadata) return true;
    if (place_ != Place::tensor || key_ != "dtype") unexpected("a string");
    tensor().dtype = value;
    return true;
  }

  bool number_integer(number_integer_t) override { unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { unexpected("a number that is not a 64-bit integer"); }
  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("a boolean"); }
  bool binary(binary_t&) override { unexpected("binary data"); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    fail("is not valid JSON near byte {}", position);
  }

 private:
  enum class Place { outside, header, metadata, tensor, numbers };

  HeaderEntry& tensor() { return entries_.back(); }

  bool enter(Place place) {
    place_ = place;
    return true;
  }

  template <class... Values>
  [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) const {
    throw Error(OC_E_MODEL, fmt::format("{}: the safetensors header {}; download or convert the file again", file_,
                                        fmt::format(format, std::forward<Values>(values)...)));
  }

  [[noreturn]] void unexpected(const char* what) const {
    if (place_ == Place::header) fail("has {} where {} is described", what, quoted_name(key_));
    if (place_ == Place::metadata) fail("has {} as __metadata__ {}, which must be a string", what, quoted_name(key_));
    fail("has {} in the {} of tensor {}", what, key_, quoted_name(entries_.back().name));
  }

  std::string_view file_;
  std::vector<HeaderEntry> entries_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> fields_seen_;  // of the current tensor
  std::vector<std::uint64_t> numbers_;           // of the current array
  std::string key_;                              // the latest one
  Place place_ = Place::outside;
};

}  // namespace

std::vector<HeaderEntry> parse_safetensors_header(std::string_view json, std::string_view file) {
  // The parser would skip spaces before the object, and take a NUL for the end of the text.
  if (!json.starts_with('{') || json.find('\0') != std::string_view::npos)
    throw Error(OC_E_MODEL, fmt::format("{} is not a safetensors file: its header is not a JSON object; download or "
                                        "convert it again",
                                        file));
  HeaderReader reader(file);
  Json::sax_parse(json, &reader);
  return reader.take_entries();
}

}  // namespace ocellus::models
