// Tower and decoder with their weights, run for one sample at a time.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ocellus/sdk/model.hpp>
#include <optional>
#include <string>

#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/prepared_sample.hpp"

namespace ocellus::qwen2_5_vl {

enum class ComputeType { float32, bfloat16, float16 };

// Bytes of one element.
inline int64_t item_size(ComputeType type) {
  return type == ComputeType::float32 ? 4 : 2;
}

// Where a network computes: on the CPU, or on the CUDA device of this number.
struct Device {
  std::optional<int> cuda;

  // From "cpu", "cuda" (device 0) or "cuda:N". Throws Error(OC_E_UNSUPPORTED) if it is none of these, if this libtorch
  // is built without CUDA, or if there is no such device.
  static Device parse(const std::string& name);
};

class Network {
 public:
  // Maps the weights of `folder` and checks all of them. Throws Error(OC_E_MODEL).
  Network(const Config& config, const GenerationConfig& generation, const std::filesystem::path& folder,
          ComputeType type, Device device);
  ~Network();

  // Prefill and, if asked for, greedy generation; see oc_model_1.execute. The prefill is always done in the same two
  // parts, the tokens up to the last image's end marker and the rest, so that a sample's numbers do not depend on
  // whether its image part was already there. Throws Error(OC_E_SAMPLE) if numbers leave the range of float16.
  void execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink);

  // Bytes of the weights as they are held.
  static uint64_t weight_bytes(const Config& config, ComputeType type, Device device);
  // Bytes that a run needs beside the weights and captures, at most.
  static uint64_t activation_bytes(const Config& config, ComputeType type, const PreparedSample& prepared,
                                   uint32_t max_new_tokens);

  // Facts for Model::describe.
  static std::string runtime_version();
  static std::string attention_kernel(ComputeType type, Device device);
  static std::string products(ComputeType type, Device device);
  static int threads();
  // For this process; 0 leaves the runtime's own choice.
  static void set_threads(uint32_t threads);

 private:
  class Run;
  struct Parts;
  Config config_;
  GenerationConfig generation_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ocellus::qwen2_5_vl
