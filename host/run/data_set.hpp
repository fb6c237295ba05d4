// Data set files: JSON Lines or a JSON array, one object a sample, in any of the forms of data_set_format.hpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/run/sample.hpp"

namespace ocellus::run {

struct DataSetOptions {
  std::filesystem::path image_dir;  // where relative paths start; empty = the data file's folder
  std::string prompt;               // for entries without one; may be empty
  std::string system;               // for entries without messages; "" = none
};

// docs/data-sets.md says what each field becomes; what the data set knows beside the question is carried along in
// Sample::facts and never asked. Throws Error(OC_E_MODEL) with the place of an entry that cannot be meant; what only a
// look at one sample can tell is that sample's fault.
std::vector<Sample> read_data_set(const std::filesystem::path& file, const DataSetOptions& options);

// A UTF-8 text file as a whole. Throws Error(OC_E_MODEL).
std::string read_text_file(const std::filesystem::path& file);

}  // namespace ocellus::run
