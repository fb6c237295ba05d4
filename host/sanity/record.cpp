#include "host/sanity/record.hpp"

namespace ocellus::sanity {

using nlohmann::ordered_json;

ordered_json record_of(const std::vector<Reaction>& reactions) {
  ordered_json maps = ordered_json::array();
  for (const Reaction& reaction : reactions) {
    ordered_json entry{{"label", reaction.label}};
    if (reaction.layer) entry["layer"] = *reaction.layer;
    entry["image"] = reaction.image;
    entry["check"] = name_of(reaction.stage.check);
    if (reaction.stage.check == Check::weights) entry["layers"] = reaction.stage.layers;
    entry["correlation"] = reaction.correlation ? ordered_json(*reaction.correlation) : ordered_json();
    if (!reaction.undefined.empty()) entry["undefined"] = reaction.undefined;
    maps.push_back(std::move(entry));
  }
  return {{"maps", std::move(maps)}};
}

}  // namespace ocellus::sanity
