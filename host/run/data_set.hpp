// Data set files: JSON Lines or a JSON array, one object a sample.
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

// Fields: id, messages, image (string or list), images, prompt|problem|question|text, box, boxes; answer, solution,
// category, question_id, image_file, caption are carried along as facts. Throws Error(OC_E_MODEL) with the line.
std::vector<Sample> read_data_set(const std::filesystem::path& file, const DataSetOptions& options);

// A UTF-8 text file as a whole. Throws Error(OC_E_MODEL).
std::string read_text_file(const std::filesystem::path& file);

}  // namespace ocellus::run
