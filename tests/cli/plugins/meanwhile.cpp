// A method that sees to it that something happens while a sample is explained.
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <ocellus/sdk.hpp>
using namespace ocellus;

struct Meanwhile : Method {
  struct Options : OptionSet {
    TextOption opened{*this, "opened", "", "a capture ends when somebody has opened this file since the run began"};
    TextOption removes{*this, "removes", "", "a file that is removed after the model has run"};
  } options;

  ~Meanwhile() override {
    if (watch >= 0) ::close(watch);
  }
  void validate() {
    if (options.opened.value().empty()) return;
    watch = ::inotify_init1(IN_CLOEXEC);
    if (::inotify_add_watch(watch, options.opened.value().c_str(), IN_OPEN) < 0)
      throw Error(OC_E_OPTION, "the file cannot be watched");
  }
  void plan(const Run&, Plan& plan) override {
    plan.probe({.kind = OC_PROBE_ATTENTION, .layers = Select::indices({0}), .queries = Select::last()});
  }
  void capture(const Run&, const Capture&) override {
    pollfd event{watch, POLLIN, 0};
    if (watch >= 0 && ::poll(&event, 1, 20'000) != 1)
      throw Error(OC_E_INTERNAL, "nobody opened the file while the model ran");
  }
  void finish(const Run&) override {
    if (!options.removes.value().empty()) std::filesystem::remove(options.removes.value());
  }
  int watch = -1;
};

OCELLUS_METHOD(Meanwhile, {"org.example.meanwhile", "1.0.0", "Nobody", "MIT"},
               {.id = "meanwhile",
                .summary = "lets something happen while a sample is explained",
                .probes = {"attention/1@language"},
                .produces = {"heatmap/1"}})
