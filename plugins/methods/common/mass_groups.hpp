// Groups of keys whose share of the attention is reported beside a map.
#pragma once

#include <ocellus/sdk/method.hpp>
#include <string>
#include <vector>

namespace ocellus::methods {

struct MassGroup {
  std::string name;
  Select select;
};

// The segments of the language stack, disjoint, and `first_token` beside them where the tokenizer has no BOS: it then
// usually plays its part as attention sink.
std::vector<MassGroup> mass_groups(const Run& run);

// Those of an image tower: the question's tokens in layers that see it, special ones included; what else is no patch,
// as the class tokens, all pictures' together; and each picture's patches.
std::vector<MassGroup> tower_mass_groups(const Run& run);

// The tokens of a group of mass_groups() or tower_mass_groups(), in the prompt and its given answer.
std::vector<int64_t> tokens_of(const Run& run, const MassGroup& group);

}  // namespace ocellus::methods
