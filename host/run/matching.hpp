// Which model, methods and renderers go together, known from their static tables alone.
#pragma once

#include <string>
#include <vector>

#include "host/registry/records.hpp"

namespace ocellus::run {

// "" = the method can explain this model; else the reason why not.
std::string why_not(const registry::PluginRecord& model, const registry::PluginRecord& method);

// The same for what `renderer` draws of what all `methods` together make.
std::string why_not_drawn(const registry::PluginRecord& renderer,
                          const std::vector<const registry::PluginRecord*>& methods);

// Throws Error(OC_E_UNSUPPORTED) with the reason if a method cannot explain the model, or a renderer would have
// nothing to draw.
void match(const registry::PluginRecord& model, const std::vector<const registry::PluginRecord*>& methods,
           const std::vector<const registry::PluginRecord*>& renderers);

// The question about pictures that come without one; "" = none of the methods has one. Throws Error(OC_E_OPTION) if two
// have different ones: neither's numbers shall depend on the other.
std::string default_prompt(const std::vector<const registry::PluginRecord*>& methods);

}  // namespace ocellus::run
