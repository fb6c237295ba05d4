// The package: this model alone.
#include <torch/version.h>

#include <ocellus/sdk.hpp>

#include "plugins/models/llava/model.hpp"

OCELLUS_MODEL(ocellus::llava::Llava,
              {.id = "org.ocellus.llava",
               .version = "0.1.0",
               .vendor = "Ocellus",
               .license = "Apache-2.0",
               .runtime = "libtorch/" TORCH_VERSION},
              {.id = "llava",
               .summary = "LLaVA-1.5 in Hugging Face's and in its original form, in float32, bfloat16 and float16",
               .opens = {"llava", "llava_llama", "LlavaForConditionalGeneration", "LlavaLlamaForCausalLM"},
               .probes = {"attention/1@language", "attention-mass/1@language", "hidden/1@language", "logits/1@language",
                          "gradient/1@language", "attention-gradient/1@language", "target/1@language",
                          "knockout/1@language", "attention/1@vision", "attention-mass/1@vision", "hidden/1@vision",
                          "hidden/1@projector", "input/1"},
               .gradients = &ocellus::GradientThunks<ocellus::llava::Llava>::table})
