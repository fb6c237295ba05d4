#include "tests/plugins/models/support/tested_model.hpp"

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"

namespace ocellus::test {

TestedModel tested_model() {
  return {.family = "qwen2_5_vl",
          .tower_blocks = 4,
          .strips_space = false,
          .decoder_weight = "model.layers.1.mlp.down_proj.weight",
          .feature_weight = "visual.merger.mlp.2.weight",
          .open = [](const std::filesystem::path& folder, const OpenSettings& asked,
                     const Host& host) -> std::unique_ptr<Model> { return open_model(folder, asked, host); }};
}

}  // namespace ocellus::test
