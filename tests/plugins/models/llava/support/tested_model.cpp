#include "tests/plugins/models/support/tested_model.hpp"

#include "tests/plugins/models/llava/support/fixture.hpp"

namespace ocellus::test {

TestedModel tested_model() {
  return {.family = "llava",
          .tower_blocks = 2,
          .strips_space = true,
          .decoder_weight = "language_model.model.layers.1.mlp.down_proj.weight",
          .feature_weight = "multi_modal_projector.linear_2.weight",
          .open = [](const std::filesystem::path& folder, const OpenSettings& asked,
                     const Host& host) -> std::unique_ptr<Model> { return open_model(folder, asked, host); }};
}

}  // namespace ocellus::test
