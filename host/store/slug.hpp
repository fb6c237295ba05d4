// Names of sample folders, made from ids and image names that come from data: they never leave their folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::store {

// A name that is safe for a file as it is: letters, digits, '.', '_', '-', not beginning with '.', 1 to 120 bytes.
bool is_file_name(std::string_view name);

// `text` as such a name: every run of other characters becomes one '-'. At most 100 bytes; "sample" where nothing
// is left.
std::string slug(std::string_view text);

// A sentence as part of such a name: its words of ASCII letters and digits in lower case, joined by '-', as many whole
// ones as fit into 40 bytes; then '-' and the first 8 digits of the SHA-256 of all of it, which tell long sentences,
// and those in other scripts, apart. "" of an empty sentence.
std::string sentence_slug(std::string_view sentence);

struct SlugSource {
  std::string id;     // "" without ids
  std::string image;  // stem of the first image's name
};

// One folder name for each sample, all different. An id that is unique and a safe name stays as it is; any other
// becomes its slug plus the sample's index, and so does the image's name where there is no id.
std::vector<std::string> sample_folders(std::span<const SlugSource> samples);

}  // namespace ocellus::store
