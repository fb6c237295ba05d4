// A method that throws where it is told to, as a stranger's may.
#include <ocellus/sdk.hpp>
#include <stdexcept>
using namespace ocellus;

struct Thrower : Method {
  struct Options : OptionSet {
    ChoiceOption in{*this, "in", "finish", "where to throw", {{"plan", ""}, {"capture", ""}, {"finish", ""}}};
  } options;

  void throw_in(const char* place) const {
    if (options.in.value() == place) throw std::runtime_error("the sky falls");
  }
  void plan(const Run&, Plan& plan) override {
    throw_in("plan");
    plan.probe({.kind = OC_PROBE_ATTENTION, .layers = Select::indices({0}), .queries = Select::last()});
  }
  void capture(const Run&, const Capture&) override { throw_in("capture"); }
  void finish(const Run&) override { throw_in("finish"); }
};

OCELLUS_METHOD(Thrower, {"org.example.thrower", "1.0.0", "Nobody", "MIT"},
               {.id = "thrower",
                .summary = "throws where it is told to",
                .probes = {"attention/1@language"},
                .produces = {"heatmap/1"}})
