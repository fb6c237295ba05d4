// A plugin instance at work on the sample of tests/support/small_layout.hpp, as services see it.
#pragma once

#include <string>
#include <vector>

#include "host/services/sample_context.hpp"
#include "host/services/service_table.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/small_layout.hpp"

namespace ocellus::services {

struct WorkingPlugin {
  WorkingPlugin() {
    sample.stacks = {test::small_stack()};
    sample.layouts.add(test::SmallLayout().view());
    run.sample = &sample;
    run.plugin = &plugin;
    run.label = "label";
    run.artifacts = &artifacts;
  }
  WorkingPlugin(const WorkingPlugin&) = delete;

  // What the host tells the user when the plugin returns `status`.
  test::Refusal refusal(oc_status status) const {
    return test::refusal_of([&] { plugin.expect_ok(status); });
  }

  media::Decoder decoder{"not needed"};
  SampleContext sample{decoder, {"a.png", "b.png"}};
  PluginInstance plugin{"method m", options::Values()};
  std::vector<store::ArtifactData> artifacts;
  oc_run run;
};

}  // namespace ocellus::services
