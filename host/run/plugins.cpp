#include "host/run/plugins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "host/options/nearest.hpp"

namespace ocellus::run {
namespace {

std::string who(registry::Kind kind, const Choice& choice) {
  const std::string as = choice.label == choice.record->id ? "" : fmt::format(" (as {})", choice.label);
  return fmt::format("{} {}{}", registry::kind_name(kind), choice.record->id, as);
}

}  // namespace

std::vector<Choice> choose(const registry::Registry& registry, registry::Kind kind,
                           const std::vector<options::Spec>& specs) {
  std::vector<Choice> choices;
  for (const options::Spec& spec : specs) {
    const registry::PluginRecord* record = registry.find(kind, spec.name);
    if (record == nullptr) {
      std::vector<std::string> names;
      for (const registry::PluginRecord* known : registry.all(kind)) names.push_back(known->id);
      const char* hint =
          registry.refusals().empty() ? "" : " (some plugin files are not used: `ocellus plugins list` says why)";
      throw Error(OC_E_OPTION, fmt::format("there is no {} called '{}'{}{}", registry::kind_name(kind), spec.name,
                                           options::did_you_mean(spec.name, names), hint));
    }
    const auto same = [&](const Choice& choice) { return choice.label == spec.label; };
    if (std::any_of(choices.begin(), choices.end(), same)) {
      throw Error(OC_E_OPTION, fmt::format("{} '{}' is asked for twice: give one of them as=LABEL",
                                           registry::kind_name(kind), spec.label));
    }
    choices.push_back({record, spec.label, options::Values::parse(*record, spec)});
  }
  return choices;
}

std::vector<const registry::PluginRecord*> records_of(const std::vector<Choice>& choices) {
  std::vector<const registry::PluginRecord*> records;
  for (const Choice& choice : choices) records.push_back(choice.record);
  return records;
}

Method::Method(registry::Registry& registry, const Choice& choice)
    : record_(choice.record),
      label_(choice.label),
      plugin_(std::make_unique<services::PluginInstance>(who(registry::Kind::method, choice), choice.values)),
      table_(static_cast<const oc_method_1*>(registry.load(*choice.record)->table)) {
  plugin_->expect_ok(table_->create(plugin_->host(), plugin_->options(), &self_));
}

Method::~Method() {
  if (self_ != nullptr) table_->destroy(self_);
}

Renderer::Renderer(registry::Registry& registry, const Choice& choice)
    : record_(choice.record),
      label_(choice.label),
      name_pattern_(choice.record->names_files ? "" : choice.values.text("name")),
      plugin_(std::make_unique<services::PluginInstance>(who(registry::Kind::renderer, choice), choice.values)),
      table_(static_cast<const oc_renderer_1*>(registry.load(*choice.record)->table)) {
  plugin_->expect_ok(table_->create(plugin_->host(), plugin_->options(), &self_));
}

Renderer::~Renderer() {
  if (self_ != nullptr) table_->destroy(self_);
}

}  // namespace ocellus::run
