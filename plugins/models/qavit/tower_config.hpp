// The sizes of a QA-ViT tower: CLIP's, some of whose blocks are aware of a question.
#pragma once

#include <cstdint>
#include <string>

#include "plugins/models/common/clip/config.hpp"
#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::qavit {

// Which blocks of n are aware of the question.
enum class IntegrationPoint {
  none,  // of a plain CLIP
  all,
  early,   // before n / 2
  late,    // from n / 2
  late2,   // from 3 n / 4
  late3,   // from n / 4
  sparse,  // every other one, the first among them
};

// As in config.json; "none" of a plain CLIP.
std::string name_of(IntegrationPoint point);

struct TowerConfig {
  models::ClipVisionConfig vision;
  IntegrationPoint integration_point;
  int64_t instruction_dim;  // width of the question's states; 0 for a plain CLIP

  bool is_question_aware(int64_t block) const;
  // The blocks before the first one that is aware of the question, whose states do not depend on it; all of a plain
  // CLIP.
  int64_t question_blind_blocks() const;
};

// Of a config.json with model_type "qavit" (vision_config, integration_point, instruction_dim), or of a plain CLIP:
// "clip", whose text half is passed over, or "clip_vision_model". Throws Error(OC_E_MODEL) naming the field.
TowerConfig read_tower_config(const models::JsonFields& fields);

}  // namespace ocellus::qavit
