// Any prompt is either encoded, in tokens that exist and stand inside of it, or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ocellus::models::Tokenizer;
  static const Tokenizer tokenizer = Tokenizer::load(OCELLUS_SOURCE_DIR "/demo/qwen2_5_vl");
  try {
    for (const auto& token : tokenizer.encode({reinterpret_cast<const char*>(data), size}, true)) {
      if (token.begin > token.end || token.end > size) std::abort();
      tokenizer.bytes(token.id);
    }
  } catch (const ocellus::Error& error) {
    if (error.status() != OC_E_SAMPLE) std::abort();
  }
  return 0;
}
