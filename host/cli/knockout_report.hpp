// What `run` and `merge` print of the knock-out stage.
#pragma once

#include <filesystem>

namespace ocellus::cli {

// The stored means over all samples of the run in `out`; nothing where nothing was knocked out. `json`: one object.
void print_knockouts(const std::filesystem::path& out, bool json);

}  // namespace ocellus::cli
