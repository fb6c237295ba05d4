// The smallest tokenizer.json in Qwen2 form, for tests to change one thing in.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plugins/models/common/tokenizer/byte_level.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

// Byte b has the id b; then "ab" 256, "abc" 257, "Ġa" 258.
inline nlohmann::json small_tokenizer_json() {
  nlohmann::json vocab = nlohmann::json::object();
  for (int byte = 0; byte < 256; ++byte) {
    const char raw = static_cast<char>(byte);
    vocab[byte_level::spell({&raw, 1})] = byte;
  }
  vocab["ab"] = 256;
  vocab["abc"] = 257;
  vocab["Ġa"] = 258;
  nlohmann::json json = nlohmann::json::parse(R"({
    "normalizer": {"type": "NFC"},
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "\\s?\\p{L}+|\\s+|[^\\s\\p{L}]+"}, "behavior": "Isolated", "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
    "post_processor": null,
    "decoder": {"type": "ByteLevel"},
    "added_tokens": [],
    "model": {"type": "BPE", "dropout": null, "unk_token": null, "byte_fallback": false,
              "merges": [["a", "b"], ["ab", "c"], ["Ġ", "a"]]}})");
  json["model"]["vocab"] = std::move(vocab);
  return json;
}

inline nlohmann::json added_token(int id, const std::string& content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", false}};
}

inline Tokenizer small_tokenizer(const nlohmann::json& json) {
  return Tokenizer::parse(json.dump(), "", "test/");
}

}  // namespace ocellus::models
