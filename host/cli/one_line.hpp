// Texts of models and data sets on a terminal.
#pragma once

#include <string>

namespace ocellus::cli {

// `said` on one line, without characters that steer a terminal. Bytes that are no UTF-8 look as in records, so that a
// sample that was kept is told as when it was run.
std::string one_line(const std::string& said);

}  // namespace ocellus::cli
