#pragma once

namespace ocellus {

// Of the program; OCELLUS_VERSION comes from CMake's project().
inline constexpr const char* version = OCELLUS_VERSION;

}  // namespace ocellus
