#include "host/run/alteration.hpp"

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "host/run/data_set.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/sanity/exchange.hpp"

namespace ocellus::run {
namespace {

// With the answer of the original run, if it finished this sample.
bool take_answer(Sample& sample, const std::filesystem::path& original) {
  const std::filesystem::path file = OutputFolder::sample(original, sample.folder) / "sample.json";
  if (!std::filesystem::exists(file)) return false;
  const auto record = nlohmann::ordered_json::parse(read_text_file(file), nullptr, false);
  if (!record.is_object() || record.value("status", "") != "ok") return false;
  if (record.contains("answer")) sample.answer = record["answer"].get<std::string>();
  return true;
}

}  // namespace

std::vector<std::string> other_questions(const std::vector<Sample>& samples, uint64_t seed) {
  std::vector<std::string> questions;
  for (const Sample& sample : samples) questions.push_back(sample.question());
  std::vector<std::string> others = sanity::exchanged(questions, seed);
  if (others.empty()) {
    throw Error(OC_E_UNSUPPORTED,
                "all samples ask the same question, and its words have no other order: give a second question");
  }
  return others;
}

std::vector<Sample> altered(std::vector<Sample> samples, const Alteration& alteration, uint64_t seed) {
  std::erase_if(samples, [&](Sample& sample) { return !take_answer(sample, alteration.original); });
  if (alteration.check == sanity::Check::image) {
    for (Sample& sample : samples) sample.is_blank = true;
  }
  if (alteration.check != sanity::Check::question) return samples;
  if (samples.empty()) return samples;
  const std::vector<std::string> others = other_questions(samples, seed);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = with_question(samples[i], others[i]);
  return samples;
}

}  // namespace ocellus::run
