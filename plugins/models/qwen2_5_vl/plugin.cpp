// The package: this model alone.
#include <torch/version.h>

#include <ocellus/sdk.hpp>

#include "plugins/models/qwen2_5_vl/model.hpp"

OCELLUS_MODEL(
    ocellus::qwen2_5_vl::Qwen2_5VL,
    {.id = "org.ocellus.qwen2_5_vl",
     .version = "0.1.0",
     .vendor = "Ocellus",
     .license = "Apache-2.0",
     .runtime = "libtorch/" TORCH_VERSION},
    {.id = "qwen2_5_vl",
     .summary = "Qwen2.5-VL and Qwen2-VL in float32, bfloat16 and float16",
     .opens = {"qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", "qwen2_vl", "Qwen2VLForConditionalGeneration"},
     .probes = {"attention/1@language", "attention-mass/1@language", "hidden/1@language", "logits/1@language",
                "gradient/1@language", "attention-gradient/1@language", "target/1@language", "knockout/1@language",
                "attention/1@vision", "attention-mass/1@vision", "hidden/1@projector", "input/1"},
     .gradients = &ocellus::GradientThunks<ocellus::qwen2_5_vl::Qwen2_5VL>::table})
