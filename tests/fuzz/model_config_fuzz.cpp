// Any bytes are a model's config.json or an Error, and one that is accepted has sizes that divide as the network needs.
#include <fstream>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/qwen2_5_vl/config.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/support/temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ocellus::test::TemporaryFolder folder;
  const ocellus::test::MemoryFile file(data, size);
  std::error_code ignored;
  std::filesystem::remove(folder / "config.json", ignored);
  std::filesystem::create_symlink(file.path(), folder / "config.json");
  try {
    const ocellus::qwen2_5_vl::Config config = ocellus::qwen2_5_vl::read_config(folder.path());
    if (config.text.layers < 1 || config.text.heads % config.text.kv_heads != 0 || config.vision.depth < 1)
      std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
