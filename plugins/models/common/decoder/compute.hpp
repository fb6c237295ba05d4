// What a network computes with: type, device, threads. Free of libtorch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plugins/models/common/config/stored_type.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

enum class ComputeType { float32, bfloat16, float16 };

// Bytes of one element.
inline int64_t item_size(ComputeType type) {
  return type == ComputeType::float32 ? 4 : 2;
}

const char* name_of(ComputeType type);

// Where a network computes: on the CPU, or on the CUDA device of this number.
struct Device {
  std::optional<int> cuda;

  // From "cpu", "cuda" (device 0) or "cuda:N". Throws Error(OC_E_UNSUPPORTED) if it is none of these, if this libtorch
  // is built without CUDA, or if there is no such device.
  static Device parse(const std::string& name);
  std::string name() const;
};

// What to compute with, from --dtype and the checkpoint. A CPU computes float16 slower than float32, so that nobody is
// given it there without asking.
ComputeType compute_type(const std::string& asked, Device device, StoredType stored);

// Bytes of a network's weights as they are held.
uint64_t weight_bytes(int64_t parameters, const TextConfig& text, ComputeType type, Device device);

// Facts of the runtime for Model::describe.
std::string runtime_version();
std::string attention_kernel(ComputeType type, Device device);
std::string product_library(ComputeType type, Device device);
int runtime_threads();
// For this process; 0 leaves the runtime's own choice.
void set_runtime_threads(uint32_t threads);

}  // namespace ocellus::models
