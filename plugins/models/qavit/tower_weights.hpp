// The weights of a QA-ViT tower.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/weights/weight_table.hpp"
#include "plugins/models/qavit/tower_config.hpp"

namespace ocellus::qavit {

// As checkpoints name them behind "vision_model.".
std::vector<models::WeightSpec> tower_table(const TowerConfig& config);

// The table's name of a stored weight, with "vision_model." before it or without; empty for what the tower does not
// use: position_ids, the text half of a whole CLIP, and instruction_gate, which QA-ViT's class holds but never reads.
std::string tower_table_name(std::string_view stored);

}  // namespace ocellus::qavit
