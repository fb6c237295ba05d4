// Protocol buffers' wire format, as far as tokenizer.model needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ocellus::models {

// One field of a message; which of the values means something is the schema's business.
struct WireField {
  std::uint32_t number = 0;
  enum class Kind { varint, fixed32, fixed64, bytes } kind = Kind::varint;
  std::uint64_t value = 0;   // of the first three
  std::string_view bytes{};  // borrowed from the message
};

// Calls `visit` with the fields in their order. Throws Error(OC_E_MODEL) with a sentence that begins with `where` if
// the message is cut short, or has groups, which are no longer in use.
void for_each_field(std::string_view message, const std::string& where,
                    const std::function<void(const WireField&)>& visit);

}  // namespace ocellus::models
