// Numbers that an option is given as text.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ocellus::maps {

// The number in `text`, or none where it is empty. Throws OC_E_OPTION, naming `key`, for anything else.
std::optional<float> number_of(const char* key, const std::string& text);

// Numbers joined by '+', as "0.001+2e+3"; none where `text` is empty. Throws as number_of.
std::vector<double> numbers_of(const char* key, const std::string& text);

}  // namespace ocellus::maps
