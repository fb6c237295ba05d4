// What the components of a tokenizer.json have in common.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/models/common/tokenizer/json_view.hpp"
#include "plugins/models/common/tokenizer/metaspace.hpp"

namespace ocellus::models {

// Calls `visit` with each component of `root[stage]` and its type, Sequences opened (their parts are in `parts`).
void for_each_component(const JsonView& root, std::string_view stage, std::string_view parts,
                        const std::function<void(const JsonView&, const std::string&)>& visit);

// {"pattern": {"String": …}, "content": …} of a Replace component.
std::pair<std::string, std::string> read_replacement(const JsonView& component);

// Of a pre-tokenizer or a decoder.
Metaspace read_metaspace(const JsonView& component);

}  // namespace ocellus::models
