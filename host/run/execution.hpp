// One run of the model: carries what it hands over to those who asked, and exceptions around the C table between.
#pragma once

#include <ocellus/abi/model.h>

#include <exception>
#include <functional>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/tensor.hpp>
#include <utility>

#include "host/plan/router.hpp"
#include "host/run/interrupt.hpp"

namespace ocellus::run {

class Execution {
 public:
  // `step` is called for every generated token, after the rows that waited for it.
  Execution(plan::Router router, std::function<void(const oc_step&)> step)
      : router_(std::move(router)), step_(std::move(step)) {}
  Execution(const Execution&) = delete;

  // `execute(sink)` runs the model. The first exception of a listener is kept, the model is told to stop, and it is
  // thrown again when the model has returned.
  template <class Execute>
  void operator()(const Execute& execute) {
    oc_sink sink{};
    sink.struct_size = sizeof sink;
    sink.context = this;
    sink.layout = [](void*, const oc_layout*) noexcept { return oc_status{OC_E_INTERNAL}; };
    sink.capture = [](void* raw, const oc_capture* capture, oc_tensor* take) noexcept {
      TensorPointer tensor(take);
      Execution& at = *static_cast<Execution*>(raw);
      return at.keep([&] { at.router_.capture(*capture, std::move(tensor)); });
    };
    sink.step = [](void* raw, const oc_step* step) noexcept {
      Execution& at = *static_cast<Execution*>(raw);
      return at.keep([&] {
        at.router_.step(*step);
        at.step_(*step);
      });
    };
    sink.cancelled = [](void*) noexcept { return interrupted() ? 1 : 0; };
    try {
      execute(sink);
    } catch (const Error&) {
      if (thrown_) std::rethrow_exception(thrown_);
      throw;
    }
    router_.finish();
  }

 private:
  template <class Body>
  oc_status keep(Body&& body) noexcept {
    try {
      body();
      return OC_OK;
    } catch (const Error& error) {
      thrown_ = std::current_exception();
      return error.status();
    } catch (...) {
      thrown_ = std::current_exception();
      return OC_E_INTERNAL;
    }
  }

  plan::Router router_;
  std::function<void(const oc_step&)> step_;
  std::exception_ptr thrown_;
};

}  // namespace ocellus::run
