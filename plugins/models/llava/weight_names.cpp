#include "plugins/models/llava/weight_names.hpp"

#include <array>
#include <utility>

#include "plugins/models/common/clip/weights.hpp"

namespace ocellus::llava {

std::string table_name(std::string_view stored) {
  for (const std::string_view wrapper : {"module.", "base_model.model."}) {
    if (stored.starts_with(wrapper)) stored.remove_prefix(wrapper.size());
  }
  if (stored.ends_with(".rotary_emb.inv_freq")) return {};
  // Longer prefixes before those they begin with.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> renamed = {{
      {"language_model.model.", "model."},
      {"language_model.lm_head.", "lm_head."},
      {"model.language_model.", "model."},
      {"language_model.", "model."},  // a save of the inner model
      {"multi_modal_projector.linear_1.", "projector.0."},
      {"multi_modal_projector.linear_2.", "projector.1."},
      {"model.multi_modal_projector.linear_1.", "projector.0."},
      {"model.multi_modal_projector.linear_2.", "projector.1."},
  }};
  for (const auto& [prefix, ours] : renamed) {
    if (stored.starts_with(prefix)) return std::string(ours).append(stored.substr(prefix.size()));
  }
  constexpr std::string_view tower = "vision_tower.";
  for (const std::string_view prefix : {"vision_tower.", "model.vision_tower."}) {
    if (!stored.starts_with(prefix)) continue;
    const std::string name = models::clip_table_name(stored.substr(prefix.size()));
    return name.empty() ? name : std::string(tower).append(name);
  }
  return std::string(stored);
}

}  // namespace ocellus::llava
