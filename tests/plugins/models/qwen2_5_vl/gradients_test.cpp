// This model for the tests of ../support/gradients_test.cpp.
#include "tests/plugins/models/support/gradients.hpp"

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"

namespace ocellus::test {

DifferentiatedModel differentiated_model() {
  return {{"qwen_landscape", "qwen_portrait", "qwen_two_images", "qwen_given_answer", "qwen_no_noise", "qwen2_vl"},
          [](const std::filesystem::path& folder, uint32_t threads) -> std::unique_ptr<Model> {
            const std::string path = folder.string();
            oc_model_settings settings = model_settings(path, {});
            settings.threads = threads;
            return std::make_unique<qwen2_5_vl::Qwen2_5VL>(Host(), settings, false);
          }};
}

}  // namespace ocellus::test
