// This model for the tests of ../support/gradients_test.cpp.
#include "tests/plugins/models/support/gradients.hpp"

#include "tests/plugins/models/llava/support/fixture.hpp"

namespace ocellus::test {

DifferentiatedModel differentiated_model() {
  return {{"llava_landscape", "llava_portrait", "llava_two_images", "llava_given_answer", "llava_no_noise"},
          [](const std::filesystem::path& folder, uint32_t threads) -> std::unique_ptr<Model> {
            const std::string path = folder.string();
            oc_model_settings settings = model_settings(path, {});
            settings.threads = threads;
            return std::make_unique<llava::Llava>(Host(), settings, llava::FormOptions{});
          }};
}

}  // namespace ocellus::test
