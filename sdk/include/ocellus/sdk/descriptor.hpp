// Rule G of the ABI: descriptors of another age.
#pragma once

#include <ocellus/abi/base.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus {

// What `descriptor` says, filled up with zeros if it is short. Throws Error(OC_E_UNSUPPORTED) if it is longer than this
// side knows and the tail is not all zero, Error(OC_E_INTERNAL) for NULL or a nonsensical size; `what` begins the
// sentence.
template <class Descriptor>
Descriptor read_descriptor(const Descriptor* descriptor, const std::string& what) {
  constexpr uint32_t largest = 65536;  // far more than any descriptor has
  if (descriptor == nullptr) throw Error(OC_E_INTERNAL, what + " is NULL");
  const auto* bytes = reinterpret_cast<const unsigned char*>(descriptor);
  uint32_t size = 0;
  std::memcpy(&size, bytes, sizeof size);
  if (size < sizeof size || size > largest) {
    throw Error(OC_E_INTERNAL, what + " says it has " + std::to_string(size) + " bytes");
  }
  if (size > sizeof(Descriptor) &&
      std::any_of(bytes + sizeof(Descriptor), bytes + size, [](unsigned char byte) { return byte != 0; })) {
    throw Error(OC_E_UNSUPPORTED, what + " sets a field that this host does not know: update ocellus");
  }
  Descriptor known{};
  std::memcpy(&known, bytes, std::min<size_t>(size, sizeof known));
  return known;
}

}  // namespace ocellus
