// The `query=` option: which row a map explains.
#pragma once

#include <ocellus/abi/options.h>

#include <string_view>

namespace ocellus::options {

// last, answer, answer:K, generated, question, position:P. Throws Error(OC_E_OPTION) otherwise.
oc_query parse_query(std::string_view text);

}  // namespace ocellus::options
