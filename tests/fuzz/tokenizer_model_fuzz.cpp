// Any bytes are either a tokenizer or refused with an Error; what is a tokenizer encodes and decodes any text. The file
// is also the tokenizer's configuration, where it can be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <string_view>
#include <vector>

#include "plugins/models/common/sentencepiece/llama_tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view text = "</s>e\xCC\x81 it's <unk>  \xE2\x96\x81 12\r\n\xE3\x80\x80 a\xF0\x9F\x98\x80<mark>";
  // A file that begins with a brace is the configuration of the smallest model there is.
  constexpr std::string_view smallest("\x0a\x09\x0a\x05<unk>\x18\x02\x12\x02\x18\x02\x1a\x02\x20\x00", 19);
  const bool is_config = file.starts_with('{');
  for (const char* legacy : {R"({"legacy":true})", R"({"legacy":false})"}) {
    try {
      const Tokenizer tokenizer = parse_llama_tokenizer(
          is_config ? smallest : file, {.tokenizer_config = is_config ? std::string(file) : legacy}, "");
      std::vector<std::int64_t> ids;
      for (const Token& token : tokenizer.encode(text, true)) {
        if (token.begin > token.end || token.end > text.size()) std::abort();
        tokenizer.bytes(token.id);
        ids.push_back(token.id);
      }
      tokenizer.decode(ids, false);
      tokenizer.decode(ids, true);
    } catch (const ocellus::Error&) {
    }
  }
  return 0;
}
