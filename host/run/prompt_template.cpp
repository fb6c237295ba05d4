#include "host/run/prompt_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "host/options/nearest.hpp"

namespace ocellus::run {
namespace {

constexpr std::string_view place = "{question}";

}  // namespace

const std::vector<PromptTemplate>& prompt_templates() {
  // short-answer: as LLaVA-1.5 is asked for single words (Liu et al., Improved Baselines with Visual Instruction
  // Tuning, 2024, section 3.2), on MME too. think-answer: as Reason-RFT asks its models (Tan et al., 2025), two blanks
  // included.
  static const std::vector<PromptTemplate> all{
      {"short-answer", "{question}\nAnswer the question using a single word or phrase."},
      {"think-answer",
       "{question}  Output the thinking process in <think> </think> and final answer in <answer> </answer> tags."}};
  return all;
}

void apply_prompt_template(const std::string& name, Sample& sample) {
  const auto known = std::find_if(prompt_templates().begin(), prompt_templates().end(),
                                  [&](const PromptTemplate& candidate) { return candidate.name == name; });
  if (known == prompt_templates().end()) {
    std::vector<std::string> names;
    for (const PromptTemplate& candidate : prompt_templates()) names.emplace_back(candidate.name);
    throw Error(OC_E_OPTION,
                fmt::format("there is no prompt template '{}'{}", name, options::did_you_mean(name, names)));
  }
  const auto turn = std::find_if(sample.turns.rbegin(), sample.turns.rend(),
                                 [](const Turn& candidate) { return candidate.role == Role::user; });
  std::vector<std::string*> texts;
  for (size_t i = 0; turn != sample.turns.rend() && i < turn->parts.size(); ++i) {
    if (!turn->parts[i].is_image) texts.push_back(&turn->parts[i].text);
  }
  if (texts.empty())
    throw Error(OC_E_SAMPLE, fmt::format("--prompt-template {}: its last user turn has no text to put into it", name));
  const std::string_view text = known->text;
  const size_t at = text.find(place);
  const std::string_view before = text.substr(0, at), behind = text.substr(at + place.size());
  if (texts.front()->starts_with(before) && texts.back()->ends_with(behind)) return;
  texts.front()->insert(0, before);
  texts.back()->append(behind);
}

}  // namespace ocellus::run
