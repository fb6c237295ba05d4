// Any bytes are a QA-ViT's or a CLIP's config.json or an Error, and one that is accepted has sizes that fit together.
#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/qavit/config.hpp"
#include "tests/fuzz/linked_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fs = std::filesystem;
  const ocellus::test::LinkedFolder folder("config.json", data, size);
  // With one question encoder for all towers.
  if (!fs::exists(folder.path() / "question_encoder")) {
    fs::create_directory(folder.path() / "question_encoder");
    fs::copy(fs::path(OCELLUS_SOURCE_DIR) / "tests/data/qavit/all/model/question_encoder/config.json",
             folder.path() / "question_encoder");
  }
  try {
    const ocellus::qavit::Config config = ocellus::qavit::read_config(folder.path());
    const ocellus::qavit::TowerConfig& tower = config.tower;
    const bool asks = tower.integration_point != ocellus::qavit::IntegrationPoint::none;
    if (asks != config.question.has_value() || tower.question_blind_blocks() > tower.vision.layers ||
        config.tokens_of_image() < 2 || config.feature_blocks < 0 || config.feature_blocks > tower.vision.layers ||
        (asks && config.question->encoder.width != tower.instruction_dim))
      std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
