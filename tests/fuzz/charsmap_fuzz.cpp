// Any bytes are either the character map of a Precompiled normalizer or refused with an Error; a map changes any text
// into UTF-8 whose characters stand inside of what they come from.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "plugins/models/common/tokenizer/precompiled.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  constexpr std::string_view source =
      "Ae\xCC\x81 \xC2\xA9\xEF\xB8\x8F\r\n\x01x\x01\xE2\x84\xA2\x01\xE1\x84\x80\xE1\x85\xA1\xEF\xB7\xBA \xC2\x85~"
      "\xF0\x9D\x90\x80\xEF\xBC\xA1\xE3\x81\x8B\xE3\x82\x99";
  try {
    const PrecompiledCharsmap charsmap({reinterpret_cast<const char*>(data), size});
    const AlignedText text = charsmap.normalize(AlignedText(source, 0));
    if (first_invalid_utf8(text.text())) std::abort();
    for (std::size_t i = 0; i < text.text().size(); ++i) {
      const ByteRange origin = text.origin(i, i + 1);
      if (origin.begin >= origin.end || origin.end > source.size()) std::abort();
    }
  } catch (const ocellus::Error& error) {
    if (error.status() != OC_E_MODEL) std::abort();
  }
  return 0;
}
