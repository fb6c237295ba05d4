#include "plugins/models/common/decoder/tensor_options.hpp"

namespace ocellus::models {

at::TensorOptions tensor_options(ComputeType type, Device device) {
  const at::ScalarType scalar = type == ComputeType::float32    ? at::kFloat
                                : type == ComputeType::bfloat16 ? at::kBFloat16
                                                                : at::kHalf;
  const auto at =
      device.cuda ? at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(*device.cuda)) : at::Device(at::kCPU);
  return at::TensorOptions(scalar).device(at);
}

}  // namespace ocellus::models
