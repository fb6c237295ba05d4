// Any bytes are a model's config.json or an Error, and one that is accepted has sizes that divide as the network needs.
#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/qwen2_5_vl/config.hpp"
#include "tests/fuzz/linked_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ocellus::test::LinkedFolder folder("config.json", data, size);
  try {
    const ocellus::qwen2_5_vl::Config config = ocellus::qwen2_5_vl::read_config(folder.path());
    if (config.text.layers < 1 || config.text.heads % config.text.kv_heads != 0 || config.vision.depth < 1)
      std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
