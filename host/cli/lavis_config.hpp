// Configuration files of LAVIS as the tool for QA-ViT's maps has them (sections model, run, datasets, preprocessors).
#pragma once

#include <string>
#include <vector>

#include "host/cli/config_file.hpp"
#include "host/cli/yaml_file.hpp"

namespace ocellus::cli {

// Whether its `model` or `run` is a section, which in files of our own are texts.
bool is_lavis_config(const YamlFile& file);

// What such a file asks for that is ours (docs/qavit-format.md): run.block_num is the layer of qa-attention, and what
// model.qavit_config says of the model is expected of --model, which brings the weights. What is known but not used is
// listed; throws Error(OC_E_OPTION) with file:line for what is not known.
ConfigWords words_of_lavis_config(const YamlFile& file, const std::vector<std::string>& given);

}  // namespace ocellus::cli
