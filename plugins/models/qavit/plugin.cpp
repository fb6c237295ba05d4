// The package: this model alone.
#include <torch/version.h>

#include <ocellus/sdk.hpp>

#include "plugins/models/qavit/model.hpp"

OCELLUS_MODEL(ocellus::qavit::QaVit,
              {.id = "org.ocellus.qavit",
               .version = "0.1.0",
               .vendor = "Ocellus",
               .license = "Apache-2.0",
               .runtime = "libtorch/" TORCH_VERSION},
              {.id = "qavit",
               .summary = "QA-ViT's question-aware vision tower, and plain CLIP's, in float32, bfloat16 and float16",
               .opens = {"qavit", "clip", "clip_vision_model", "CLIPModel", "CLIPVisionModel"},
               .probes = {"attention/1@vision", "attention-mass/1@vision", "hidden/1@vision", "input/1",
                          "attention-gradient/1@vision", "target/1@vision"},
               .gradients = &ocellus::GradientThunks<ocellus::qavit::QaVit>::table})
