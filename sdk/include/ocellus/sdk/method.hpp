// Writing a method: derive from Method, declare Options, ask for probes in plan(), collect in capture(), emit
// artifacts in finish(). docs/writing-a-plugin.md walks through one.
#pragma once

#include <ocellus/abi/method.h>

#include <memory>
#include <ocellus/sdk/options.hpp>
#include <ocellus/sdk/run.hpp>
#include <ocellus/sdk/tensor.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ocellus {

// A set of tokens, layers or heads, by number or by meaning (abi/probe.h).
struct Select {
  uint32_t kind = OC_SELECT_ALL;
  int64_t argument = 0;
  std::vector<int64_t> numbers;

  static Select all() { return {}; }
  static Select indices(std::vector<int64_t> numbers) { return {OC_SELECT_INDICES, 0, std::move(numbers)}; }
  static Select image(int64_t image) { return {OC_SELECT_IMAGE, image, {}}; }
  static Select images() { return image(-1); }
  static Select segment(uint32_t kind) { return {OC_SELECT_SEGMENT, kind, {}}; }
  static Select last() { return {OC_SELECT_LAST, 0, {}}; }
  static Select answer(std::vector<int64_t> tokens = {}) { return {OC_SELECT_ANSWER, 0, std::move(tokens)}; }
  static Select generated() { return {OC_SELECT_GENERATED, 0, {}}; }

  // The rows that a `query=` option names. Throws for OC_QUERY_GENERATED, which asks for one map a token.
  static Select rows(const oc_query& query) {
    switch (query.kind) {
      case OC_QUERY_ANSWER:
        return answer();
      case OC_QUERY_ANSWER_TOKEN:
        return answer({query.index});
      case OC_QUERY_QUESTION:
        return segment(OC_SEGMENT_QUESTION);
      case OC_QUERY_POSITION:
        return indices({query.index});
      case OC_QUERY_GENERATED:
        throw Error(
            OC_E_UNSUPPORTED,
            "query=generated asks for one map a token, which is not made here: use query=answer or query=answer:K");
      default:
        return last();
    }
  }
};

// What gradients are of: the sum of scores of some tokens of the answer, or image features (abi/probe.h).
struct Target {
  uint32_t tokens = OC_TARGET_ANSWER;
  uint32_t score = OC_SCORE_LOGIT;
  int64_t index = 0;      // of OC_TARGET_TOKEN
  std::string text = {};  // of OC_TARGET_TEXT
};

// Gaussian noise on the pictures (abi/probe.h).
struct Noise {
  uint32_t space = OC_NOISE_MODEL;
  uint32_t draw = 0;
  uint64_t seed = 0;
  double std = 0;
  double limit = 0;
  std::string file = {};  // of standard normal values, instead of drawn ones
};

// Attention of the language stack that is blocked (abi/probe.h).
struct Knockout {
  Select layers = {}, heads = {};
  std::vector<Select> from = {}, to = {};  // rows and keys, each a union
};

// Cells of one picture that are masked (abi/probe.h).
struct Mask {
  int32_t image = 0;
  uint32_t fill = OC_FILL_MEAN;
  std::vector<int64_t> cells = {};  // row * columns + column
};

// What plan() asks for.
struct Probe {
  const char* kind;
  const char* stack = "language";
  const char* name = nullptr;
  Select layers = {}, heads = {}, queries = {}, keys = {};
  std::vector<Select> groups = {};
  uint32_t variant = 0;  // what Plan::with_question, with_noise, ... gave; 0 = the clean input
  std::optional<Target> target = {};
};

class Plan {
 public:
  Plan(const Host& host, oc_plan* plan)
      : host_(host), service_(host.service<oc_plan_1>(OC_SERVICE_PLAN)), plan_(plan) {}

  // The id that captures of this probe carry.
  uint32_t probe(const Probe& wish) {
    const oc_select layers = raw(wish.layers), heads = raw(wish.heads), queries = raw(wish.queries),
                    keys = raw(wish.keys);
    const Selections groups(wish.groups);
    oc_probe probe{};
    probe.struct_size = sizeof probe;
    probe.kind = wish.kind;
    probe.stack = wish.stack;
    probe.name = wish.name;
    probe.layers = &layers;
    probe.heads = &heads;
    probe.queries = &queries;
    probe.keys = &keys;
    probe.groups = groups.pointers.data();
    probe.n_groups = groups.pointers.size();
    probe.variant = wish.variant;
    oc_target target{};
    if (wish.target) {
      target = {sizeof(oc_target),  wish.target->tokens,      wish.target->score, 0,
                wish.target->index, wish.target->text.c_str()};
      probe.target = &target;
    }
    uint32_t id = 0;
    check(service_.probe(plan_, &probe, &id));
    return id;
  }
  void generate() { check(service_.generate(plan_)); }

  // Another pass over the same pictures with another text in the last user turn. Its layout: Run::layout(stack, layer,
  // variant).
  uint32_t with_question(const std::string& text) {
    return variant({sizeof(oc_variant), OC_VARIANT_QUESTION, text.c_str(), nullptr, nullptr, nullptr});
  }

  // One draw of noise on the pictures, for probes of gradients.
  uint32_t with_noise(const Noise& noise) {
    const oc_noise raw{sizeof(oc_noise), noise.space,
                       noise.draw,       0,
                       noise.seed,       noise.std,
                       noise.limit,      noise.file.empty() ? nullptr : noise.file.c_str(),
                       nullptr,          0};
    return variant({sizeof(oc_variant), OC_VARIANT_NOISE, nullptr, &raw, nullptr, nullptr});
  }

  // Another pass over the same input, with attention blocked and the answer forced to the tokens of the clean one. Its
  // layout is that of the clean input. The method names "knockout/1@language" among its probes.
  uint32_t with_knockout(const Knockout& knockout) {
    const oc_select layers = raw(knockout.layers), heads = raw(knockout.heads);
    const Selections from(knockout.from), to(knockout.to);
    const oc_knockout raw_knockout{
        sizeof(oc_knockout), 0, &layers, &heads, from.pointers.data(), from.pointers.size(), to.pointers.data(),
        to.pointers.size()};
    return variant({sizeof(oc_variant), OC_VARIANT_KNOCKOUT, nullptr, nullptr, &raw_knockout, nullptr});
  }

  // Another pass over the same input with cells of a picture masked, for OC_PROBE_TARGET. Its layout is that of the
  // clean input. The method names "logits/1@language" among its probes.
  uint32_t with_mask(const Mask& mask) {
    const oc_mask raw_mask{sizeof(oc_mask), mask.fill, mask.image, 0, mask.cells.data(), mask.cells.size()};
    return variant({sizeof(oc_variant), OC_VARIANT_MASK, nullptr, nullptr, nullptr, &raw_mask});
  }

  // What the method will hold at one time; without a word from it, all that it is given (abi/services.h).
  void announce(uint64_t bytes) { check(host_.service<oc_memory_1>(OC_SERVICE_MEMORY).announce(plan_, bytes)); }

 private:
  // The C view of several selections; borrows them.
  struct Selections {
    explicit Selections(const std::vector<Select>& selections) {
      for (const Select& selection : selections) raws.push_back(raw(selection));
      for (const oc_select& each : raws) pointers.push_back(&each);
    }
    std::vector<oc_select> raws;
    std::vector<const oc_select*> pointers;
  };
  uint32_t variant(const oc_variant& variant) {
    uint32_t id = 0;
    check(host_.service<oc_variant_1>(OC_SERVICE_VARIANT).add(plan_, &variant, &id));
    return id;
  }
  static oc_select raw(const Select& select) {
    return {sizeof(oc_select), select.kind, select.argument, select.numbers.data(), select.numbers.size()};
  }
  const Host& host_;
  const oc_plan_1& service_;
  oc_plan* plan_;
};

class Capture {
 public:
  explicit Capture(const oc_capture* capture) : capture_(capture), tensor_(capture->tensor) {}
  uint32_t probe() const { return capture_->probe; }
  int32_t layer() const { return capture_->layer; }
  std::span<const int64_t> heads() const { return {capture_->heads, capture_->n_heads}; }
  std::span<const int64_t> rows() const { return {capture_->rows, capture_->n_rows}; }
  std::span<const int64_t> keys() const { return {capture_->keys, capture_->n_keys}; }
  const TensorView<float>& values() const { return tensor_; }  // shape as abi/probe.h says for the kind

 private:
  const oc_capture* capture_;
  TensorView<float> tensor_;
};

class Method {
 public:
  virtual ~Method() = default;
  virtual void plan(const Run& run, Plan& plan) = 0;
  virtual void capture(const Run& run, const Capture& capture) = 0;
  virtual void finish(const Run& run) = 0;
  // Inputs may be int64; a method that asks for OC_PROBE_INPUT overrides this as well.
  virtual void capture_raw(const Run& run, const oc_capture* piece) { capture(run, Capture(piece)); }

 protected:
  const Host& host() const { return host_; }

 private:
  template <class M>
  friend struct MethodThunks;
  Host host_;
};

// The C table of a Method with a member `options` of a type derived from OptionSet.
template <class M>
struct MethodThunks {
  static M& self(void* pointer) { return *static_cast<M*>(pointer); }
  static const oc_host* host(void* pointer) { return self(pointer).Method::host_.raw(); }

  static oc_status create(const oc_host* host, const oc_options* options, void** out) noexcept {
    return guarded(host, [&] {
      auto method = std::make_unique<M>();
      method->Method::host_ = Host(host);
      method->options.bind(Host(host), options);
      // A method may check what its option types cannot say, before time is spent.
      if constexpr (requires { method->validate(); }) method->validate();
      *out = method.release();
    });
  }
  static void destroy(void* pointer) noexcept { delete &self(pointer); }
  static oc_status plan(void* pointer, const oc_run* run, oc_plan* plan) noexcept {
    return guarded(host(pointer), [&] {
      Plan wishes(self(pointer).Method::host_, plan);
      self(pointer).plan(Run(self(pointer).Method::host_, run), wishes);
    });
  }
  static oc_status capture(void* pointer, const oc_run* run, const oc_capture* piece) noexcept {
    return guarded(host(pointer), [&] { self(pointer).capture_raw(Run(self(pointer).Method::host_, run), piece); });
  }
  static oc_status finish(void* pointer, const oc_run* run) noexcept {
    return guarded(host(pointer), [&] { self(pointer).finish(Run(self(pointer).Method::host_, run)); });
  }
  static constexpr oc_method_1 table{sizeof(oc_method_1), 0, create, destroy, plan, capture, finish};
};

}  // namespace ocellus
