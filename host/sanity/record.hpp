// Reactions as sample.json has them, below "sanity".
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "host/sanity/reactions.hpp"

namespace ocellus::sanity {

// {maps: [{label, layer, image, check, layers, correlation, undefined}]}
nlohmann::ordered_json record_of(const std::vector<Reaction>& reactions);

}  // namespace ocellus::sanity
