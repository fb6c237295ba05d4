// Any bytes are an adapter's configuration or an Error, and one that is accepted scales every module by a number.
#include <cmath>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/lora/adapter_config.hpp"
#include "tests/fuzz/linked_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ocellus::test::LinkedFolder folder("adapter_config.json", data, size);
  try {
    const ocellus::models::LoraConfig config = ocellus::models::read_lora_config(folder.path());
    for (const char* module : {"model.layers.10.self_attn.q_proj", "visual.merger.mlp.0", ""})
      if (config.rank_of(module) < 1 || !std::isfinite(config.scaling_of(module))) std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
