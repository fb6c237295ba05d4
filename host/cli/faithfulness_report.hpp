// What `run` and `merge` print of the faithfulness stage.
#pragma once

#include <filesystem>

namespace ocellus::cli {

// The stored means over all samples of the run in `out`, each beside its controls; nothing where no map was judged.
// `json`: one object.
void print_faithfulness(const std::filesystem::path& out, bool json);

}  // namespace ocellus::cli
