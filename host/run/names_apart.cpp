#include "host/run/names_apart.hpp"

#include <set>
#include <utility>

#include "host/store/slug.hpp"

namespace ocellus::run {

bool NamesApart::tells(const std::string& pattern) const {
  const auto has = [&](const char* word) { return pattern.find(word) != std::string::npos; };
  if (is_alone || has("{sample}") || has("{sample/}")) return true;
  if (are_pairs && has("{candidate}") && (has("{query}") || has("{query/}"))) return true;
  return has("{question}") && (by_question || (by_question_and_image && has("{image}")));
}

NamesApart names_apart(std::span<const SampleWords> samples) {
  NamesApart apart{.is_alone = samples.size() == 1};
  std::set<std::string> questions;
  std::set<std::pair<std::string, std::string>> of_images;
  for (const SampleWords& sample : samples) {
    if (!questions.insert(sample.question).second) apart.by_question = false;
    std::set<std::string> names;  // one sample may show two pictures of one name: that is found as they are drawn
    for (const std::filesystem::path& image : sample.images) names.insert(store::slug(image.stem().string()));
    for (const std::string& name : names) {
      if (!of_images.emplace(sample.question, name).second) apart.by_question_and_image = false;
    }
  }
  return apart;
}

}  // namespace ocellus::run
