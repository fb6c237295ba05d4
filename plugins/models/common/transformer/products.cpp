#include "plugins/models/common/transformer/products.hpp"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <string_view>

namespace ocellus::models::products {

namespace {

// libtorch has these for its compiler, in no header: where a release lacks them, its own products serve.
using Pack = at::Tensor(const at::Tensor&, std::optional<int64_t>);
using LinearPointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                                   std::string_view, c10::List<std::optional<at::Scalar>>,
                                   std::optional<std::string_view>);

template <class Signature>
std::optional<c10::TypedOperatorHandle<Signature>> find(const char* name) {
  const std::optional<c10::OperatorHandle> found = c10::Dispatcher::singleton().findSchema({name, ""});
  if (!found) return std::nullopt;
  try {
    return found->typed<Signature>();
  } catch (const c10::Error&) {  // another release's signature
    return std::nullopt;
  }
}

struct Operators {
  std::optional<c10::TypedOperatorHandle<Pack>> pack;
  std::optional<c10::TypedOperatorHandle<LinearPointwise>> linear;
  bool are_there() const { return at::hasMKLDNN() && pack && linear; }
};

const Operators& operators() {
  static const Operators found{find<Pack>("mkldnn::_reorder_linear_weight"),
                               find<LinearPointwise>("mkldnn::_linear_pointwise")};
  return found;
}

bool has_avx512() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
  return false;
#endif
}

bool is_amd() {
#ifdef __x86_64__
  return __builtin_cpu_is("amd");
#else
  return false;
#endif
}

}  // namespace

Library library_for(const at::TensorOptions& options) {
  static const bool is_there = operators().are_there() && has_avx512();
  if (!is_there || !options.device().is_cpu()) return Library::libtorch;
  const at::ScalarType type = options.dtype().toScalarType();
  // In bfloat16 a packed weight saves a reorder at each product. In float32 libtorch multiplies with MKL, which uses
  // AVX-512 on Intel's processors only.
  const bool gains = type == at::kBFloat16 || (type == at::kFloat && is_amd());
  return gains ? Library::onednn : Library::libtorch;
}

std::string description(const at::TensorOptions& options) {
  return library_for(options) == Library::onednn ? "oneDNN, packed weights" : "libtorch";
}

at::Tensor pack(const at::Tensor& weight) {
  return operators().pack->call(weight, std::nullopt);
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias) {
  const auto optional_bias = bias.defined() ? std::optional(bias) : std::nullopt;
  return operators().linear->call(x, packed, optional_bias, "none", c10::List<std::optional<at::Scalar>>(), "");
}

at::Tensor with_transposed(const at::Tensor& a, const at::Tensor& b) {
  return linear(a, b, at::Tensor());
}

}  // namespace ocellus::models::products
