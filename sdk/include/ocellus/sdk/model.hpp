// Writing a model plugin: derive from Model. The thunks below turn exceptions into statuses; lifetime and thread
// rules are those of abi/model.h.
#pragma once

#include <ocellus/abi/model.h>

#include <functional>
#include <memory>
#include <ocellus/sdk/options.hpp>
#include <ocellus/sdk/tensor.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocellus {

// The host's side of prepare and execute. Every call throws when the host says stop.
class Sink {
 public:
  explicit Sink(const oc_sink* sink) : sink_(sink) {}
  void layout(const oc_layout& layout) const { check(sink_->layout(sink_->context, &layout)); }
  void capture(const oc_capture& capture, TensorPointer tensor) const {
    check(sink_->capture(sink_->context, &capture, tensor.release()));
  }
  void step(const oc_step& step) const { check(sink_->step(sink_->context, &step)); }
  void stop_if_cancelled() const {
    if (sink_->cancelled(sink_->context) != 0) throw Error(OC_E_CANCELLED, "");
  }

 private:
  const oc_sink* sink_;
};

class Model {
 public:
  // What prepare() made of one sample: pixels, ids, positions.
  struct Prepared {
    virtual ~Prepared() = default;
  };
  using PutText = std::function<void(const std::string& key, const std::string& value)>;
  using PutToken = std::function<void(int64_t id, size_t begin, size_t end)>;

  virtual ~Model() = default;
  virtual std::span<const oc_stack> stacks() const = 0;
  virtual std::span<const std::string> files() const = 0;
  virtual void describe(const PutText& put) const = 0;
  virtual void encode(std::string_view text, const PutToken& put) const = 0;
  virtual std::string_view token_bytes(int64_t id) const = 0;
  virtual std::unique_ptr<Prepared> prepare(const oc_sample& sample, const Sink& sink) const = 0;
  virtual oc_cost estimate(const Prepared& prepared, const oc_merged_plan& plan) const = 0;
  virtual void load() = 0;
  virtual void execute(const Prepared& prepared, const oc_merged_plan& plan, const Sink& sink) = 0;
};

// What a model that serves gradients is beside a Model; its PluginInfo names the table:
// `.gradients = &GradientThunks<MyModel>::table`.
class Gradients {
 public:
  virtual ~Gradients() = default;
  virtual oc_cost estimate(const Model::Prepared& prepared, const oc_gradient_plan& plan) const = 0;
  virtual void execute(const Model::Prepared& prepared, const oc_gradient_plan& plan, const Sink& sink) = 0;
};

// The C table of a Model with a nested `Options` (an OptionSet) and a constructor
// M(const Host&, const oc_model_settings&, const Options&).
template <class M>
struct ModelThunks {
  struct Instance {
    const oc_host* host = nullptr;
    typename M::Options options;
    std::unique_ptr<M> model;
  };
  static Instance& self(void* pointer) { return *static_cast<Instance*>(pointer); }

  static oc_status create(const oc_host* host, const oc_model_settings* settings, const oc_options* options,
                          void** out) noexcept {
    return guarded(host, [&] {
      auto instance = std::make_unique<Instance>();
      instance->host = host;
      instance->options.bind(Host(host), options);
      instance->model = std::make_unique<M>(Host(host), *settings, instance->options);
      *out = instance.release();
    });
  }
  static void destroy(void* pointer) noexcept { delete &self(pointer); }
  static const oc_stack* stack(void* pointer, uint32_t index) noexcept {
    const auto stacks = self(pointer).model->stacks();
    return index < stacks.size() ? &stacks[index] : nullptr;
  }
  static const char* file(void* pointer, uint32_t index) noexcept {
    const auto files = self(pointer).model->files();
    return index < files.size() ? files[index].c_str() : nullptr;
  }
  static void describe(void* pointer, void* context, oc_put_text put) noexcept {
    (void)guarded(self(pointer).host, [&] {
      self(pointer).model->describe(
          [&](const std::string& key, const std::string& value) { put(context, key.c_str(), value.c_str()); });
    });
  }
  static oc_status encode(void* pointer, const char* text, size_t n_bytes, void* context, oc_put_token put) noexcept {
    return guarded(self(pointer).host, [&] {
      self(pointer).model->encode({text, n_bytes},
                                  [&](int64_t id, size_t begin, size_t end) { check(put(context, id, begin, end)); });
    });
  }
  static oc_status token_bytes(void* pointer, int64_t id, const char** bytes, size_t* n_bytes) noexcept {
    return guarded(self(pointer).host, [&] {
      const std::string_view view = self(pointer).model->token_bytes(id);
      *bytes = view.data();
      *n_bytes = view.size();
    });
  }
  static oc_status prepare(void* pointer, const oc_sample* sample, const oc_sink* sink, void** prepared) noexcept {
    return guarded(self(pointer).host,
                   [&] { *prepared = self(pointer).model->prepare(*sample, Sink(sink)).release(); });
  }
  static void release(void*, void* take_prepared) noexcept { delete static_cast<Model::Prepared*>(take_prepared); }
  static oc_status estimate(void* pointer, const void* prepared, const oc_merged_plan* plan, oc_cost* cost) noexcept {
    return guarded(self(pointer).host, [&] {
      *cost = self(pointer).model->estimate(*static_cast<const Model::Prepared*>(prepared), *plan);
    });
  }
  static oc_status load(void* pointer) noexcept {
    return guarded(self(pointer).host, [&] { self(pointer).model->load(); });
  }
  static oc_status execute(void* pointer, const void* prepared, const oc_merged_plan* plan,
                           const oc_sink* sink) noexcept {
    return guarded(self(pointer).host, [&] {
      self(pointer).model->execute(*static_cast<const Model::Prepared*>(prepared), *plan, Sink(sink));
    });
  }
  static constexpr oc_model_1 table{sizeof(oc_model_1), 0,       create,  destroy,  stack, file,   describe, encode,
                                    token_bytes,        prepare, release, estimate, load,  execute};
};

// The second C table of a Model that derives from Gradients as well.
template <class M>
struct GradientThunks {
  static typename ModelThunks<M>::Instance& self(void* pointer) { return ModelThunks<M>::self(pointer); }
  static Gradients& gradients(void* pointer) { return *self(pointer).model; }

  static oc_status estimate(void* pointer, const void* prepared, const oc_gradient_plan* plan, oc_cost* cost) noexcept {
    return guarded(self(pointer).host,
                   [&] { *cost = gradients(pointer).estimate(*static_cast<const Model::Prepared*>(prepared), *plan); });
  }
  static oc_status execute(void* pointer, const void* prepared, const oc_gradient_plan* plan,
                           const oc_sink* sink) noexcept {
    return guarded(self(pointer).host, [&] {
      gradients(pointer).execute(*static_cast<const Model::Prepared*>(prepared), *plan, Sink(sink));
    });
  }
  static constexpr oc_gradients_1 table{sizeof(oc_gradients_1), 0, estimate, execute};
};

}  // namespace ocellus
