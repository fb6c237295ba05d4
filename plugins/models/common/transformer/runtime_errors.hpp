// libtorch's exceptions as ours: theirs carry a backtrace of many lines.
#pragma once

#include <c10/util/Exception.h>

#include <ocellus/sdk/error.hpp>
#include <string>
#include <utility>

namespace ocellus::models {

inline constexpr const char* out_of_memory =
    "out of memory; use smaller or fewer images, or fewer pixels (--max-pixels)";

// Runs `body`. A failed allocation becomes Error(OC_E_MEMORY), anything else libtorch throws Error(OC_E_INTERNAL).
template <class Body>
void with_translated_errors(Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const c10::OutOfMemoryError&) {  // of a device
    throw Error(OC_E_MEMORY, out_of_memory);
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    if (message.find("DefaultCPUAllocator") != std::string::npos) throw Error(OC_E_MEMORY, out_of_memory);
    throw Error(OC_E_INTERNAL, "libtorch: " + message.substr(0, message.find('\n')));
  }
}

}  // namespace ocellus::models
