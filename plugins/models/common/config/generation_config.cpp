#include "plugins/models/common/config/generation_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <type_traits>

#include "plugins/models/common/config/json_fields.hpp"
#include "plugins/models/common/config/limits.hpp"

namespace ocellus::models {

GenerationConfig read_generation_config(const std::filesystem::path& folder,
                                        const std::vector<int64_t>& class_default) {
  const std::filesystem::path generation_path = folder / "generation_config.json";
  const bool exists = std::filesystem::exists(generation_path);
  const std::filesystem::path path = exists ? generation_path : folder / "config.json";
  const nlohmann::json content = read_json_object(path);
  const JsonFields top(content, path.string());
  const bool is_nested = !exists && top.find("eos_token_id") == nullptr;
  const JsonFields fields = is_nested ? top.object("text_config").value_or(top) : top;

  GenerationConfig generation;
  if (exists) {
    generation.repetition_penalty = static_cast<float>(fields.real("repetition_penalty", 1, 1e-3, 1e3));
    // Files of models that are only used without drawing hold what nobody could draw with.
    const auto number = [&](const char* key, auto& value) {
      const nlohmann::json* found = fields.find(key);
      if (found != nullptr && found->is_number()) value = found->get<std::decay_t<decltype(value)>>();
    };
    number("temperature", generation.temperature);
    number("top_p", generation.top_p);
    number("top_k", generation.top_k);
  }
  const nlohmann::json* end = fields.find("eos_token_id");
  const auto add = [&](const nlohmann::json& id) {
    if (!id.is_number_integer() || id < 0 || id > most_tokens) fields.refuse("eos_token_id", "expected token ids");
    generation.end_tokens.push_back(id.get<int64_t>());
  };
  if (end != nullptr && end->is_array()) {
    std::for_each(end->begin(), end->end(), add);
  } else if (end != nullptr) {
    add(*end);
  } else {
    generation.end_tokens = class_default;
  }
  return generation;
}

std::string description_of(const GenerationConfig& generation) {
  return fmt::format("repetition penalty {}, stops at {}; drawn with temperature {}, top-k {}, top-p {}",
                     generation.repetition_penalty, fmt::join(generation.end_tokens, ", "), generation.temperature,
                     generation.top_k, generation.top_p);
}

}  // namespace ocellus::models
