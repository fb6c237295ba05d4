// One plugin instance as the host keeps it: its oc_host, its options, and the last sentences it left.
#pragma once

#include <ocellus/abi/package.h>
#include <ocellus/abi/services.h>

#include <functional>
#include <map>
#include <string>
#include <thread>

#include "host/options/values.hpp"

// What a plugin reads its options through.
struct oc_options {
  ocellus::options::Values values;
  const oc_host* host = nullptr;
};

namespace ocellus::services {

// Non-movable: the plugin keeps pointers to the handles.
class PluginInstance {
 public:
  // `who` begins every message: "method raw-attention".
  PluginInstance(std::string who, options::Values values);
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  const oc_host* host() const { return &host_; }
  const oc_options* options() const { return &options_; }
  const std::string& who() const { return who_; }

  // Turns a status that the plugin returned into an Error with the sentence it left and its name before it.
  void expect_ok(oc_status status) const;

  // The last sentence of this thread, for fail() of the ABI and for services that refuse.
  oc_status leave(oc_status status, std::string sentence) const;

 private:
  std::string who_;
  oc_host host_{};
  oc_options options_;
  mutable std::map<std::thread::id, std::string> sentences_;  // a model prepares one sample while it executes another
};

// The instance behind a handle.
const PluginInstance& instance_of(const oc_host* host);

// Runs `body` for a service call of `instance`; what it throws becomes a status and the instance's sentence.
oc_status serve(const oc_host* host, const std::function<void()>& body) noexcept;

}  // namespace ocellus::services
