// Any bytes are a LLaVA model's config.json or an Error, and one that is accepted has sizes that fit the network.
#include <fstream>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/llava/hugging_face_form.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/support/temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ocellus::test::TemporaryFolder folder;
  const ocellus::test::MemoryFile file(data, size);
  std::error_code ignored;
  std::filesystem::remove(folder / "config.json", ignored);
  std::filesystem::create_symlink(file.path(), folder / "config.json");
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
