#include <gtest/gtest.h>

#include <new>
#include <ocellus/sdk/host.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/support/refusal.hpp"

namespace ocellus {
namespace {

// A host without services that keeps what it is told.
class SilentHost {
 public:
  SilentHost() {
    host_.struct_size = sizeof host_;
    host_.self = this;
    host_.service = [](const oc_host*, const char*) noexcept -> const void* { return nullptr; };
    host_.fail = [](const oc_host* host, oc_status status, const char* sentence) noexcept {
      static_cast<SilentHost*>(host->self)->told.emplace_back(status, sentence);
      return status;
    };
  }
  const oc_host* raw() const { return &host_; }
  std::vector<std::pair<oc_status, std::string>> told;

 private:
  oc_host host_{};
};

using Told = std::vector<std::pair<oc_status, std::string>>;

TEST(Guarded, NothingThrownIsFine) {
  SilentHost host;
  EXPECT_EQ(guarded(host.raw(), [] {}), OC_OK);
  EXPECT_TRUE(host.told.empty());
}

TEST(Guarded, ExceptionsBecomeAStatusAndASentence) {
  SilentHost host;
  EXPECT_EQ(guarded(host.raw(), [] { throw Error(OC_E_SAMPLE, "upside down"); }), OC_E_SAMPLE);
  EXPECT_EQ(guarded(host.raw(), [] { throw std::bad_alloc(); }), OC_E_MEMORY);
  EXPECT_EQ(guarded(host.raw(), [] { throw std::out_of_range("beyond"); }), OC_E_INTERNAL);
  EXPECT_EQ(guarded(host.raw(), [] { throw 7; }), OC_E_INTERNAL);
  EXPECT_EQ(host.told, (Told{{OC_E_SAMPLE, "upside down"},
                             {OC_E_MEMORY, "out of memory"},
                             {OC_E_INTERNAL, "beyond"},
                             {OC_E_INTERNAL, "an exception of unknown type"}}));
}

TEST(Guarded, WhatTheHostSaidIsNotSaidAgain) {
  SilentHost host;
  EXPECT_EQ(guarded(host.raw(), [] { check(OC_E_UNSUPPORTED); }), OC_E_UNSUPPORTED);
  EXPECT_EQ(guarded(host.raw(), [] { check(OC_OK); }), OC_OK);
  EXPECT_TRUE(host.told.empty());
}

TEST(HostTest, AServiceThatIsNotThereIsNamed) {
  SilentHost host;
  EXPECT_EQ(test::refusal_of([&] { Host(host.raw()).service<oc_log_1>(OC_SERVICE_LOG); }),
            (test::Refusal{OC_E_UNSUPPORTED, "this host has no service ocellus.log/1"}));
}

}  // namespace
}  // namespace ocellus
