#include "plugins/models/qavit/config.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::qavit {

using models::JsonFields;

namespace {

constexpr int64_t most_length = int64_t{1} << 20;

// Counted from the end if negative; -1, the last block's states, is what QA-ViT gives to its language model.
int64_t read_feature_blocks(const JsonFields& fields, const TowerConfig& tower) {
  const int64_t states = tower.vision.layers + 1;
  const int64_t layer = fields.integer("vit_layer", -1, -states, states - 1);
  return layer < 0 ? states + layer : layer;
}

// A folder below `folder`: what a file of data names does not lead out of the model.
std::filesystem::path encoder_folder(const JsonFields& fields, const std::filesystem::path& folder) {
  const std::filesystem::path path = fields.text("path", "question_encoder");
  for (const std::filesystem::path& part : path) {
    if (path.is_absolute() || part == "..") fields.refuse("path", "expected a folder inside that of the model");
  }
  return folder / path;
}

QuestionConfig read_question(const JsonFields& fields, const std::filesystem::path& folder, const TowerConfig& tower) {
  QuestionConfig question{};
  question.folder = encoder_folder(fields, folder);
  const std::filesystem::path path = question.folder / "config.json";
  const nlohmann::json content = models::read_json_object(path);
  const JsonFields encoder_fields(content, path.string());
  question.encoder = models::read_text_encoder_config(encoder_fields);
  const std::string kind = models::name_of(question.encoder.kind);
  if (fields.text("model_type", kind) != kind)
    fields.refuse("model_type", fmt::format("{} is of a {}", path.string(), kind));
  if (question.encoder.width != tower.instruction_dim) {
    encoder_fields.refuse(kind == "t5" ? "d_model" : "hidden_size",
                          fmt::format("the tower expects an instruction_dim of {}", tower.instruction_dim));
  }
  const std::string preprocess = fields.text("question_preprocess", "qavit");
  if (preprocess != "qavit" && preprocess != "none") fields.refuse("question_preprocess", "expected 'qavit' or 'none'");
  question.cleans = preprocess == "qavit";
  if (question.cleans) question.most_words = fields.integer("max_words", 50, 1, most_length);
  question.adds_special_tokens = fields.boolean("add_special_tokens", true);
  const int64_t length = fields.integer("max_length", 30, 1, most_length);
  if (fields.boolean("truncation", true)) question.most_tokens = length;
  return question;
}

}  // namespace

Config read_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  const nlohmann::json content = models::read_json_object(path);
  const JsonFields fields(content, path.string());
  Config config{};
  config.tower = read_tower_config(fields);
  config.feature_blocks = read_feature_blocks(fields, config.tower);
  config.stored_type = models::read_stored_type(fields);
  if (config.tower.integration_point == IntegrationPoint::none) return config;
  const auto encoder = fields.object("text_encoder");
  if (!encoder) fields.refuse("text_encoder", "expected the question encoder's settings");
  config.question = read_question(*encoder, folder, config.tower);
  return config;
}

}  // namespace ocellus::qavit
