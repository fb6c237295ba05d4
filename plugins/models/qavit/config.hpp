// A QA-ViT folder's config.json (docs/qavit-format.md), and that of a plain CLIP, which is opened as a tower without a
// question.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "plugins/models/common/config/stored_type.hpp"
#include "plugins/models/common/text_encoder/config.hpp"
#include "plugins/models/qavit/tower_config.hpp"

namespace ocellus::qavit {

// How a question becomes the tokens that its encoder is given.
struct QuestionConfig {
  std::filesystem::path folder;  // of the encoder and its tokenizer
  models::TextEncoderConfig encoder;
  bool cleans;                        // lower-case, without . ! " ( ) * # : ; ~, as QA-ViT's own training does
  std::optional<int64_t> most_words;  // of which no more than these are kept
  bool adds_special_tokens;
  std::optional<int64_t> most_tokens;  // special ones included; nothing: a longer question fails
};

struct Config {
  TowerConfig tower;
  int64_t feature_blocks;                  // that the features come out of
  std::optional<QuestionConfig> question;  // nothing of a plain CLIP
  models::StoredType stored_type;

  int64_t tokens_of_image() const { return tower.vision.tokens(); }
};

// Throws Error(OC_E_MODEL) naming the file and the field.
Config read_config(const std::filesystem::path& folder);

}  // namespace ocellus::qavit
