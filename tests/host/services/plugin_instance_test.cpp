#include "host/services/plugin_instance.hpp"

#include <gtest/gtest.h>

#include <new>
#include <ocellus/sdk/host.hpp>

#include "tests/support/refusal.hpp"

namespace ocellus::services {
namespace {

using test::Refusal;
using test::refusal_of;

class Instance : public testing::Test {
 protected:
  Refusal told(oc_status status) const {
    return refusal_of([&] { plugin_.expect_ok(status); });
  }
  PluginInstance plugin_{"method m", options::Values()};
};

TEST_F(Instance, NothingHappensWhenAllIsWell) {
  EXPECT_EQ(told(OC_OK), Refusal{});
}

TEST_F(Instance, TheSentenceFollowsTheName) {
  const oc_status status = plugin_.host()->fail(plugin_.host(), OC_E_SAMPLE, "the picture is upside down");
  EXPECT_EQ(status, OC_E_SAMPLE);
  EXPECT_EQ(told(status), (Refusal{OC_E_SAMPLE, "method m: the picture is upside down"}));
}

TEST_F(Instance, ASentenceIsSaidOnce) {
  plugin_.host()->fail(plugin_.host(), OC_E_SAMPLE, "old");
  told(OC_E_SAMPLE);
  EXPECT_EQ(told(OC_E_MODEL), (Refusal{OC_E_MODEL, "method m: failed without saying why"}));
}

TEST_F(Instance, SilenceHasASentenceToo) {
  EXPECT_EQ(told(OC_E_CANCELLED), (Refusal{OC_E_CANCELLED, "method m: interrupted"}));
  EXPECT_EQ(told(OC_E_MEMORY), (Refusal{OC_E_MEMORY, "method m: out of memory"}));
  plugin_.host()->fail(plugin_.host(), OC_E_MODEL, nullptr);
  EXPECT_EQ(told(OC_E_MODEL), (Refusal{OC_E_MODEL, "method m: failed without saying why"}));
}

TEST_F(Instance, ServicesTurnExceptionsIntoStatuses) {
  const auto served = [&](auto thrown) { return told(serve(plugin_.host(), [&] { throw thrown; })); };
  EXPECT_EQ(served(Error(OC_E_WRITE, "the disk is full")), (Refusal{OC_E_WRITE, "method m: the disk is full"}));
  EXPECT_EQ(served(std::bad_alloc()), (Refusal{OC_E_MEMORY, "method m: out of memory"}));
  EXPECT_EQ(served(std::runtime_error("odd")), (Refusal{OC_E_INTERNAL, "method m: odd"}));
}

TEST_F(Instance, EveryServiceHasItsTable) {
  const Host host(plugin_.host());
  EXPECT_EQ(host.service<oc_options_1>(OC_SERVICE_OPTIONS).struct_size, sizeof(oc_options_1));
  EXPECT_EQ(host.service<oc_plan_1>(OC_SERVICE_PLAN).struct_size, sizeof(oc_plan_1));
  EXPECT_EQ(host.service<oc_artifact_1>(OC_SERVICE_ARTIFACT).struct_size, sizeof(oc_artifact_1));
  EXPECT_EQ(host.service<oc_layout_1>(OC_SERVICE_LAYOUT).struct_size, sizeof(oc_layout_1));
  EXPECT_EQ(host.service<oc_tokens_1>(OC_SERVICE_TOKENS).struct_size, sizeof(oc_tokens_1));
  EXPECT_EQ(host.service<oc_record_1>(OC_SERVICE_RECORD).struct_size, sizeof(oc_record_1));
  EXPECT_EQ(host.service<oc_media_1>(OC_SERVICE_MEDIA).struct_size, sizeof(oc_media_1));
  EXPECT_EQ(host.service<oc_output_1>(OC_SERVICE_OUTPUT).struct_size, sizeof(oc_output_1));
  EXPECT_EQ(host.service<oc_log_1>(OC_SERVICE_LOG).struct_size, sizeof(oc_log_1));
  EXPECT_EQ(plugin_.host()->service(plugin_.host(), "ocellus.options/2"), nullptr);
  EXPECT_EQ(plugin_.host()->service(plugin_.host(), nullptr), nullptr);
}

}  // namespace
}  // namespace ocellus::services
