#include "plugins/models/qavit/tower_config.hpp"

#include <array>
#include <utility>

#include "plugins/models/common/config/limits.hpp"

namespace ocellus::qavit {

using models::JsonFields;

namespace {

constexpr std::array<std::pair<IntegrationPoint, const char*>, 6> names{{{IntegrationPoint::all, "all"},
                                                                         {IntegrationPoint::early, "early"},
                                                                         {IntegrationPoint::late, "late"},
                                                                         {IntegrationPoint::late2, "late2"},
                                                                         {IntegrationPoint::late3, "late3"},
                                                                         {IntegrationPoint::sparse, "sparse"}}};

IntegrationPoint read_integration_point(const JsonFields& fields) {
  constexpr const char* key = "integration_point";
  const std::string found = fields.text(key, "");
  for (const auto& [point, name] : names) {
    if (found == name) return point;
  }
  fields.refuse(key, "expected all, early, late, late2, late3 or sparse");
}

TowerConfig plain(const JsonFields& vision) {
  return {models::read_clip_vision_config(vision), IntegrationPoint::none, 0};
}

}  // namespace

std::string name_of(IntegrationPoint point) {
  for (const auto& [known, name] : names) {
    if (known == point) return name;
  }
  return "none";
}

bool TowerConfig::is_question_aware(int64_t block) const {
  const int64_t blocks = vision.layers;
  switch (integration_point) {
    case IntegrationPoint::none:
      return false;
    case IntegrationPoint::all:
      return true;
    case IntegrationPoint::early:
      return block < blocks / 2;
    case IntegrationPoint::late:
      return block >= blocks / 2;
    case IntegrationPoint::late2:
      return block >= 3 * blocks / 4;
    case IntegrationPoint::late3:
      return block >= blocks / 4;
    case IntegrationPoint::sparse:
      break;
  }
  return block % 2 == 0;
}

int64_t TowerConfig::question_blind_blocks() const {
  int64_t block = 0;
  while (block < vision.layers && !is_question_aware(block)) ++block;
  return block;
}

TowerConfig read_tower_config(const JsonFields& fields) {
  if (fields.find("quantization_config") != nullptr)
    fields.refuse("quantization_config", "this plugin does not compute with quantised weights");
  const std::string type = fields.text("model_type", "");
  if (type == "clip_vision_model") return plain(fields);
  if (type != "qavit" && type != "clip")
    fields.refuse("model_type", "this plugin computes 'qavit', and the towers of 'clip' and 'clip_vision_model'");
  const auto vision = fields.object("vision_config");
  if (!vision) fields.refuse("vision_config", "expected the vision tower's sizes");
  TowerConfig config = plain(*vision);
  if (type == "clip") return config;
  config.integration_point = read_integration_point(fields);
  // No default: the wrong one would only show as weights of another shape.
  if (fields.find("instruction_dim") == nullptr)
    fields.refuse("instruction_dim", "expected the width of the question encoder's states");
  config.instruction_dim = fields.integer("instruction_dim", 0, 1, models::most_features);
  return config;
}

}  // namespace ocellus::qavit
