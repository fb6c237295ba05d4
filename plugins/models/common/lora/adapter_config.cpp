#include "plugins/models/common/lora/adapter_config.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::models {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int64_t most_rank = 65536;
constexpr double most_alpha = 1e9;
constexpr uint32_t match_limit = 100'000;  // for patterns that would take for ever

struct FreePcre2 {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

std::unique_ptr<pcre2_code, FreePcre2> compile(std::string_view pattern) {
  // As PEFT's get_pattern_key.
  const std::string whole = fmt::format("(?:.*\\.)?(?:{})$", pattern);
  int error = 0;
  PCRE2_SIZE offset = 0;
  return std::unique_ptr<pcre2_code, FreePcre2>(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(whole.data()), whole.size(),
                                                              PCRE2_ANCHORED | PCRE2_UTF, &error, &offset, nullptr));
}

bool matches(std::string_view pattern, std::string_view module) {
  const auto code = compile(pattern);
  const std::unique_ptr<pcre2_match_data, FreePcre2> data(pcre2_match_data_create(1, nullptr));
  const std::unique_ptr<pcre2_match_context, FreePcre2> context(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context.get(), match_limit);
  return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(module.data()), module.size(), 0, 0, data.get(),
                     context.get()) >= 0;
}

template <class Value>
Value first_match(const std::vector<std::pair<std::string, Value>>& patterns, std::string_view module,
                  Value otherwise) {
  const auto found =
      std::find_if(patterns.begin(), patterns.end(), [&](const auto& entry) { return matches(entry.first, module); });
  return found == patterns.end() ? otherwise : found->second;
}

// The entries in the order of the file, which a JSON object otherwise loses.
template <class Value, class Read>
std::vector<std::pair<std::string, Value>> read_patterns(const JsonFields& fields, const ordered_json& content,
                                                         const char* key, Read read) {
  std::vector<std::pair<std::string, Value>> patterns;
  const auto object = fields.object(key);
  if (!object) return patterns;
  for (const auto& [pattern, unused] : content[key].items()) {
    if (!compile(pattern)) object->refuse(pattern.c_str(), "its name is not a regular expression");
    patterns.emplace_back(pattern, read(*object, pattern.c_str()));
  }
  return patterns;
}

bool says_something(const json* value) {
  return value != nullptr && *value != false && !(value->is_structured() && value->empty());
}

void refuse_other_methods(const JsonFields& fields) {
  if (fields.text("peft_type", "") != "LORA") fields.refuse("peft_type", "only 'LORA' is merged");
  constexpr std::array<std::pair<const char*, const char*>, 8> others{{
      {"use_dora", "DoRA is not merged, only LoRA"},
      {"use_qalora", "QA-LoRA is not merged, only LoRA"},
      {"lora_bias", "biases of the low-rank matrices are not merged"},
      {"layer_replication", "repeated layers are not built"},
      {"target_parameters", "updates of single parameters are not merged"},
      {"trainable_token_indices", "updates of single tokens are not merged"},
      {"alora_invocation_tokens", "an adapter that is active from a token on cannot be merged"},
      {"megatron_config", "parallel layers are not merged"},
  }};
  for (const auto& [key, sentence] : others)
    if (says_something(fields.find(key))) fields.refuse(key, sentence);
  const json* const start = fields.find("init_lora_weights");
  if (start != nullptr && start->is_string() && *start != "gaussian" && *start != "eva" && *start != "orthogonal")
    fields.refuse("init_lora_weights", "such a start changes the base model; convert the adapter to plain LoRA");
  const std::string bias = fields.text("bias", "none");
  if (bias != "none" && bias != "all" && bias != "lora_only") fields.refuse("bias", "expected none, all or lora_only");
}

}  // namespace

int64_t LoraConfig::rank_of(std::string_view module) const {
  return first_match(rank_patterns, module, rank);
}

double LoraConfig::scaling_of(std::string_view module) const {
  const auto of_rank = static_cast<double>(rank_of(module));
  return first_match(alpha_patterns, module, alpha) / (rank_stabilised ? std::sqrt(of_rank) : of_rank);
}

LoraConfig read_lora_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "adapter_config.json";
  const json content = read_json_object(path);
  const JsonFields fields(content, path.string());
  refuse_other_methods(fields);
  LoraConfig config;
  config.rank = fields.integer("r", config.rank, 1, most_rank);
  config.alpha = fields.real("lora_alpha", config.alpha, -most_alpha, most_alpha);
  config.rank_stabilised = fields.boolean("use_rslora", false);
  std::ifstream file(path, std::ios::binary);
  const ordered_json ordered = ordered_json::parse(file);
  config.rank_patterns = read_patterns<int64_t>(fields, ordered, "rank_pattern", [](const auto& object, auto key) {
    return object.integer(key, 0, 1, most_rank);
  });
  config.alpha_patterns = read_patterns<double>(fields, ordered, "alpha_pattern", [](const auto& object, auto key) {
    return object.real(key, 0, -most_alpha, most_alpha);
  });
  return config;
}

}  // namespace ocellus::models
