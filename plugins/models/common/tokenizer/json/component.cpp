#include "plugins/models/common/tokenizer/json/component.hpp"

#include <fmt/format.h>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

constexpr int deepest_sequence = 8;  // a bound on recursion; real files have one level

}  // namespace

void for_each_component(const JsonView& root, std::string_view stage, std::string_view parts,
                        const std::function<void(const JsonView&, const std::string&)>& visit) {
  if (!root.has(stage)) return;
  const std::function<void(const JsonView&, int)> open = [&](const JsonView& component, int depth) {
    const std::string& type = component.member("type").text();
    if (type != "Sequence") return visit(component, type);
    if (depth == deepest_sequence) component.refuse(fmt::format("a Sequence more than {} deep", deepest_sequence));
    const JsonView list = component.member(parts);
    const std::size_t count = list.array_size();
    for (std::size_t i = 0; i < count; ++i) open(list.element(i), depth + 1);
  };
  open(root.member(stage), 0);
}

std::pair<std::string, std::string> read_replacement(const JsonView& component) {
  const JsonView pattern = component.member("pattern");
  if (!pattern.has("String")) pattern.refuse("Replace with a pattern that is not a 'String'");
  const std::string& from = pattern.member("String").text();
  if (from.empty()) pattern.fail("the pattern of Replace is empty");
  return {from, component.member("content").text()};
}

Metaspace read_metaspace(const JsonView& component) {
  Metaspace metaspace{component.member("replacement").text(), Metaspace::Prepend::always};
  const std::string& character = metaspace.replacement;
  if (character.empty() || read_utf8(character, 0).length != character.size())
    component.fail("the replacement of Metaspace is not one character");
  const std::string scheme = component.has("prepend_scheme") ? component.member("prepend_scheme").text() : "always";
  // Older files have add_prefix_space alone; beside a scheme it says the same in other words.
  if (scheme == "never" || !component.boolean_or("add_prefix_space", true)) {
    metaspace.prepend = Metaspace::Prepend::never;
  } else if (scheme == "first") {
    metaspace.prepend = Metaspace::Prepend::first;
  } else if (scheme != "always") {
    component.refuse(fmt::format("Metaspace with prepend_scheme '{}'", scheme));
  }
  return metaspace;
}

}  // namespace ocellus::models
