// Names out of files, fit for a sentence.
#pragma once

#include <string>
#include <string_view>

namespace ocellus::models {

// In double quotes, control characters escaped, broken UTF-8 replaced, cut after 160 bytes.
std::string quoted_name(std::string_view name);

}  // namespace ocellus::models
