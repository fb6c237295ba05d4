#include "plugins/models/common/tokenizer/tokenizer_json.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "plugins/models/common/tokenizer/json/parts.hpp"
#include "plugins/models/common/tokenizer/json_view.hpp"

namespace ocellus::models {

Pipeline parse_pipeline(std::string_view tokenizer_json, std::string_view tokenizer_config, const std::string& where) {
  const std::string json_where = where + "tokenizer.json", config_where = where + "tokenizer_config.json";
  const nlohmann::json document = parse_json_file(tokenizer_json, json_where);
  const nlohmann::json config =
      tokenizer_config.empty() ? nlohmann::json::object() : parse_json_file(tokenizer_config, config_where);
  const JsonView root(document, json_where), config_root(config, config_where);

  std::vector<Normalizer> normalizers = read_normalizers(root);
  auto [pre_tokenizer, byte_level] = read_pre_tokenizer(root);
  std::unique_ptr<const Decoder> decoder = read_decoder(root, byte_level);
  Model model = read_model(root, byte_level);
  const Vocabulary& vocabulary = vocabulary_of(model);
  AddedTokens added(read_added_tokens(root, config_root, vocabulary), [&](const std::string& content) {
    AlignedText text(content, 0);
    for (const Normalizer& normalize : normalizers) text = normalize(std::move(text));
    if (text.text().empty()) root.fail(fmt::format("nothing is left of the added token '{}' normalised", content));
    return std::string(text.text());
  });
  PostProcessor post_processor = read_post_processor(root, vocabulary, added);
  return Pipeline{std::move(added), std::move(normalizers), std::move(pre_tokenizer),
                  std::move(model), std::move(decoder),     std::move(post_processor)};
}

}  // namespace ocellus::models
