#include "plugins/models/common/decoder/runtime.hpp"

#include <string>

namespace ocellus::models {

Runtime::Runtime(const oc_model_settings& settings, StoredType stored)
    : threads_(settings.threads),
      device_(Device::parse(settings.device)),
      type_(compute_type(settings.dtype, device_, stored)),
      is_widened_(std::string(settings.dtype) == "auto" && stored == StoredType::float16 &&
                  type_ == ComputeType::float32) {}

void Runtime::describe(const Model::PutText& put) const {
  put("device", device_.name());
  put("runtime", "libtorch " + runtime_version());
  put("threads", std::to_string(threads_ > 0 ? static_cast<int>(threads_) : runtime_threads()));
  put("attention kernel", attention_kernel(type_, device_));
  put("products", product_library(type_, device_));
}

void Runtime::begin(const Host& host) const {
  set_runtime_threads(threads_);
  if (is_widened_)
    host.warn("the checkpoint is stored in float16, which is slow on a CPU: it is computed in float32 (--dtype)");
}

oc_cost Runtime::cost(const PreparedSample& sample, int64_t parameters, const TextConfig& text,
                      uint64_t activation_bytes) const {
  oc_cost cost{};
  cost.struct_size = sizeof cost;
  cost.prefill_tokens = static_cast<uint64_t>(sample.tokens());
  cost.weight_bytes = weight_bytes(parameters, text, type_, device_);
  cost.activation_bytes = activation_bytes;
  return cost;
}

}  // namespace ocellus::models
