// The weights of a CLIP vision tower.
#pragma once

#include <string>
#include <string_view>

#include "plugins/models/common/clip/config.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

// As checkpoints name them behind "vision_model.", with `prefix` before each. The last layers and the norm behind them
// belong to the table even where nothing reads them: files hold them.
void add_clip_tower(WeightTable& table, const ClipVisionConfig& config, const std::string& prefix);

// A stored name without its "vision_model.", which later versions of the class leave out; empty for position_ids, which
// are computed.
std::string clip_table_name(std::string_view stored);

// Whether this stored name is one of the half of a whole CLIP that reads text, or of what joins both halves.
bool is_of_text_half(std::string_view stored);

}  // namespace ocellus::models
