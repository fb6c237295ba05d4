// Methods and renderers as asked for on the command line: chosen by SPEC, then opened.
#pragma once

#include <ocellus/abi/method.h>
#include <ocellus/abi/renderer.h>

#include <memory>
#include <string>
#include <vector>

#include "host/options/spec.hpp"
#include "host/options/values.hpp"
#include "host/registry/registry.hpp"
#include "host/services/plugin_instance.hpp"

namespace ocellus::run {

// A SPEC whose plugin and options are known to exist.
struct Choice {
  const registry::PluginRecord* record;
  std::string label;
  options::Values values;
};

// Throws Error(OC_E_OPTION) naming the nearest plugin or option for an unknown one, or for a label used twice.
std::vector<Choice> choose(const registry::Registry& registry, registry::Kind kind,
                           const std::vector<options::Spec>& specs);

std::vector<const registry::PluginRecord*> records_of(const std::vector<Choice>& choices);

class Method {
 public:
  Method(registry::Registry& registry, const Choice& choice);
  ~Method();
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;

  const std::string& label() const { return label_; }
  const registry::PluginRecord& record() const { return *record_; }
  const services::PluginInstance& plugin() const { return *plugin_; }
  void plan(const oc_run& run, oc_plan& plan) { plugin_->expect_ok(table_->plan(self_, &run, &plan)); }
  void capture(const oc_run& run, const oc_capture& capture) {
    plugin_->expect_ok(table_->capture(self_, &run, &capture));
  }
  void finish(const oc_run& run) { plugin_->expect_ok(table_->finish(self_, &run)); }

 private:
  const registry::PluginRecord* record_;
  std::string label_;
  std::unique_ptr<services::PluginInstance> plugin_;
  const oc_method_1* table_;
  void* self_ = nullptr;
};

class Renderer {
 public:
  Renderer(registry::Registry& registry, const Choice& choice);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  const std::string& label() const { return label_; }
  const registry::PluginRecord& record() const { return *record_; }
  const services::PluginInstance& plugin() const { return *plugin_; }
  // The pattern of its files' names where the host names them; empty = the usual names.
  const std::string& name_pattern() const { return name_pattern_; }
  void render(const oc_run& run, const std::vector<const oc_artifact*>& artifacts) {
    plugin_->expect_ok(table_->render(self_, &run, artifacts.data(), artifacts.size()));
  }

 private:
  const registry::PluginRecord* record_;
  std::string label_, name_pattern_;
  std::unique_ptr<services::PluginInstance> plugin_;
  const oc_renderer_1* table_;
  void* self_ = nullptr;
};

}  // namespace ocellus::run
