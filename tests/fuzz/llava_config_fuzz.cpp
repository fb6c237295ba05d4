// Any bytes are a LLaVA model's config.json or an Error, and one that is accepted has sizes that fit the network.
#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/llava/hugging_face_form.hpp"
#include "tests/fuzz/linked_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ocellus::test::LinkedFolder folder("config.json", data, size);
  try {
    const ocellus::llava::Config config = ocellus::llava::read_hugging_face_config(folder.path());
    const std::int64_t deepest = config.deepest_feature_block();
    if (config.text.heads % config.text.kv_heads != 0 || config.text.head_dim % 2 != 0 || deepest < 0 ||
        deepest > config.vision.layers || config.vision.patches() < 1 || config.image_token >= config.text.vocabulary)
      std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
