// Any bytes are the config.json of an encoder of text or an Error, and one that is accepted has sizes that fit
// together.
#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/text_encoder/config.hpp"
#include "tests/fuzz/linked_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  const ocellus::test::LinkedFolder folder("config.json", data, size);
  try {
    const nlohmann::json content = read_json_object(folder.path() / "config.json");
    const TextEncoderConfig config = read_text_encoder_config(JsonFields(content, "config.json"));
    const bool is_t5 = config.kind == TextEncoderKind::t5;
    if (config.longest_sequence() < 1 || config.width < 1 || config.layers < 1 || config.vocabulary < 1 ||
        (is_t5 ? config.buckets / 4 < 1 || config.max_distance <= config.buckets / 4
               : config.heads * config.head_dim != config.width))
      std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
