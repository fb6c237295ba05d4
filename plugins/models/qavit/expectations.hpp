// What somebody else's configuration says of a model, held against the model's own.
#pragma once

#include <filesystem>
#include <string>

#include "plugins/models/qavit/tower_config.hpp"

namespace ocellus::qavit {

// `expected` is "name=value name=value" of fields of config.json: the sizes of vision_config, instruction_dim,
// integration_point. Throws Error(OC_E_OPTION) for another name or what is no value of it, Error(OC_E_MODEL) where the
// model in `folder` has another value.
void expect(const TowerConfig& config, const std::string& expected, const std::filesystem::path& folder);

}  // namespace ocellus::qavit
