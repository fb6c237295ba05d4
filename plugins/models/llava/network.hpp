// Tower, projector and decoder with their weights, run for one sample at a time.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <memory>
#include <ocellus/sdk/model.hpp>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/decoder/generation.hpp"
#include "plugins/models/common/weights/weight_table.hpp"
#include "plugins/models/llava/config.hpp"
#include "plugins/models/llava/prepared_sample.hpp"

namespace ocellus::llava {

// What the plans of this configuration may ask for.
models::ServedStacks served_stacks(const Config& config);

class Network {
 public:
  // `stored` by the names of weight_table. Throws Error(OC_E_MODEL).
  Network(const Config& config, const models::Generation& generation, const models::WeightMap& stored,
          models::ComputeType type, models::Device device);
  ~Network();

  // See models::execute_sample.
  void execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink);

  // Bytes that a run needs beside the weights and captures, at most.
  static uint64_t activation_bytes(const Config& config, models::ComputeType type, const PreparedSample& prepared,
                                   uint32_t max_new_tokens);

 private:
  struct Parts;

  Config config_;
  models::Generation generation_;
  models::ServedStacks served_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ocellus::llava
