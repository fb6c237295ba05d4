// Any bytes are either a tokenizer or refused with an Error; what is a tokenizer encodes and decodes any text.
#include <cstddef>
#include <cstdint>
#include <ocellus/sdk/error.hpp>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  try {
    const Tokenizer tokenizer = Tokenizer::parse(file, file, "");
    std::vector<std::int64_t> ids;
    for (const Token& token :
         tokenizer.encode("e\xCC\x81 it's  <|im_end|>12\r\n\xE3\x80\x80 a\xF0\x9F\x98\x80", true)) {
      ids.push_back(token.id);
    }
    tokenizer.decode(ids, true);
    tokenizer.encode(file.substr(0, 200), false);
  } catch (const ocellus::Error&) {
    return 0;
  }
  return 0;
}
