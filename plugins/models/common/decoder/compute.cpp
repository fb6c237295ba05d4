#include "plugins/models/common/decoder/compute.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <charconv>
#include <ocellus/sdk/error.hpp>
#include <string_view>
#include <system_error>

#include "plugins/models/common/decoder/tensor_options.hpp"
#include "plugins/models/common/transformer/attention.hpp"
#include "plugins/models/common/transformer/products.hpp"

namespace ocellus::models {

const char* name_of(ComputeType type) {
  return type == ComputeType::float32 ? "float32" : type == ComputeType::bfloat16 ? "bfloat16" : "float16";
}

ComputeType compute_type(const std::string& asked, Device device, StoredType stored) {
  if (asked == "bfloat16") return ComputeType::bfloat16;
  if (asked == "float16") return ComputeType::float16;
  if (asked != "auto" || stored == StoredType::float32) return ComputeType::float32;
  if (stored == StoredType::bfloat16) return ComputeType::bfloat16;
  return device.cuda ? ComputeType::float16 : ComputeType::float32;
}

std::string Device::name() const {
  return cuda ? "cuda:" + std::to_string(*cuda) : "cpu";
}

Device Device::parse(const std::string& name) {
  if (name == "cpu") return {};
  const std::string_view text = name, number = text.substr(std::min(text.size(), size_t{5}));
  int index = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
  const bool is_numbered = text.starts_with("cuda:") && error == std::errc() && end == number.data() + number.size();
  if (text != "cuda" && (!is_numbered || index < 0))
    throw Error(OC_E_UNSUPPORTED, "there is no device '" + name + "'; take cpu, cuda or cuda:N");
  if (!at::hasCUDA()) {
    throw Error(OC_E_UNSUPPORTED, "libtorch " TORCH_VERSION " finds no CUDA for --device " + name +
                                      ": it is built without it, or there is no driver; take --device cpu, or build "
                                      "Ocellus with a CUDA libtorch (OCELLUS_TORCH)");
  }
  const int count = torch::cuda::device_count();
  if (index >= count) {
    throw Error(OC_E_UNSUPPORTED, "there is no device '" + name + "': this machine has " + std::to_string(count) +
                                      " CUDA device" + (count == 1 ? "" : "s") + ", counted from cuda:0");
  }
  return {index};
}

std::string runtime_version() {
  return TORCH_VERSION;
}

std::string attention_kernel(ComputeType type, Device device) {
  return BlockedAttention::description(tensor_options(type, device));
}

std::string product_library(ComputeType type, Device device) {
  return products::description(tensor_options(type, device));
}

uint64_t weight_bytes(int64_t parameters, const TextConfig& text, ComputeType type, Device device) {
  const bool packs = products::library_for(tensor_options(type, device)) == products::Library::onednn;
  // Packed weights replace the stored ones; but a tied head's are the embedding's too, which stays.
  const int64_t twice = packs && text.tied_head ? text.vocabulary * text.hidden_size : 0;
  return static_cast<uint64_t>((parameters + twice) * item_size(type));
}

int runtime_threads() {
  return at::get_num_threads();
}

void set_runtime_threads(uint32_t threads) {
  if (threads > 0) at::set_num_threads(static_cast<int>(threads));
}

}  // namespace ocellus::models
