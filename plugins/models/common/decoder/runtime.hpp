// Where, in which type and on how many threads a model computes, as it was asked to. Free of libtorch.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <ocellus/sdk/model.hpp>

#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/config/stored_type.hpp"
#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

class Runtime {
 public:
  // `stored`: the checkpoint's type. Throws Error(OC_E_UNSUPPORTED) for a device that is not there.
  Runtime(const oc_model_settings& settings, StoredType stored);

  ComputeType type() const { return type_; }
  Device device() const { return device_; }

  // The facts "device", "runtime", "threads", "attention kernel" and "products".
  void describe(const Model::PutText& put) const;

  // To be called before weights are loaded: sets the threads of the process, and warns of a checkpoint in float16 whose
  // owner asked for no type and is given float32.
  void begin(const Host& host) const;

  // What a run of `sample` costs, for Model::estimate. `activation_bytes` are those of tower and decoder.
  oc_cost cost(const PreparedSample& sample, int64_t parameters, const TextConfig& text,
               uint64_t activation_bytes) const;

 private:
  uint32_t threads_;  // 0: the library's own choice
  Device device_;
  ComputeType type_;
  bool is_widened_;  // the checkpoint's float16 computed in float32 without being asked for
};

}  // namespace ocellus::models
