#include "host/run/matching.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ocellus/abi/renderer.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "host/faithfulness/settings.hpp"

namespace ocellus::run {

std::string why_not(const registry::PluginRecord& model, const registry::PluginRecord& method) {
  for (const std::string& probe : method.probes) {
    std::vector<std::string> alternatives;
    for (size_t begin = 0; begin <= probe.size();) {
      const size_t end = std::min(probe.find('|', begin), probe.size());
      alternatives.push_back(probe.substr(begin, end - begin));
      begin = end + 1;
    }
    const auto is_served = [&](const std::string& each) { return model.serves(each); };
    if (std::any_of(alternatives.begin(), alternatives.end(), is_served)) continue;
    return fmt::format("{} needs {}, which models of {} do not serve", method.id, fmt::join(alternatives, " or "),
                       model.id);
  }
  return "";
}

std::string why_not_drawn(const registry::PluginRecord& renderer,
                          const std::vector<const registry::PluginRecord*>& methods) {
  std::vector<std::string> made;
  for (const registry::PluginRecord* method : methods)
    made.insert(made.end(), method->produces.begin(), method->produces.end());
  if (std::any_of(made.begin(), made.end(), [&](const std::string& type) { return renderer.draws(type); })) return "";
  std::vector<std::string> drawn = renderer.accepts;
  std::erase(drawn, OC_ACCEPTS_SAMPLES);
  const char* hint = renderer.draws(faithfulness::curves_type) ? ": --faithfulness makes curves/1" : "";
  return fmt::format("{} draws {}, but the methods asked for make only {}{}", renderer.id, fmt::join(drawn, " or "),
                     fmt::join(made, ", "), hint);
}

void match(const registry::PluginRecord& model, const std::vector<const registry::PluginRecord*>& methods,
           const std::vector<const registry::PluginRecord*>& renderers) {
  for (const registry::PluginRecord* method : methods) {
    if (const std::string reason = why_not(model, *method); !reason.empty()) throw Error(OC_E_UNSUPPORTED, reason);
  }
  for (const registry::PluginRecord* renderer : renderers) {
    if (const std::string reason = why_not_drawn(*renderer, methods); !reason.empty())
      throw Error(OC_E_UNSUPPORTED, reason);
  }
}

std::string default_prompt(const std::vector<const registry::PluginRecord*>& methods) {
  const registry::PluginRecord* first = nullptr;
  for (const registry::PluginRecord* method : methods) {
    if (method->prompt.empty()) continue;
    if (first != nullptr && first->prompt != method->prompt) {
      throw Error(OC_E_OPTION, fmt::format("without a prompt {} asks '{}' and {} '{}': give --prompt TEXT", first->id,
                                           first->prompt, method->id, method->prompt));
    }
    first = method;
  }
  return first != nullptr ? first->prompt : "";
}

}  // namespace ocellus::run
