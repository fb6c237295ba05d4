// SPECs of the command line: `name[:key=value[,key=value...]]`, values with commas in double quotes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocellus::options {

struct Spec {
  std::string name;
  std::string label;                                          // `as=LABEL`, else the name
  std::vector<std::pair<std::string, std::string>> settings;  // as written, without `as`
};

// Throws Error(OC_E_OPTION) with what is wrong and how it is written.
Spec parse_spec(std::string_view text);

}  // namespace ocellus::options
