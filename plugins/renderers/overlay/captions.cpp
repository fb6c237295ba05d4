#include "plugins/renderers/overlay/captions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ocellus::overlay {
namespace {

// Text of any direction after a mark that is written left to right: isolated (UAX #9), so that the punctuation of a
// right-to-left sentence stays at its own end.
std::string marked(const char* mark, const std::string& text) {
  return fmt::format("{}: \u2068{}\u2069", mark, text);
}

void add_facts_of_method(const ArtifactView& artifact, const StoredMap& map, std::vector<std::string>& facts) {
  if (!map.name.empty()) facts.push_back(map.name);
  if (const std::string heads = artifact.text("heads"); !heads.empty()) {
    const bool one = heads.find_first_not_of("0123456789") == std::string::npos;
    facts.push_back(fmt::format("{} {}", one ? "head" : "heads", heads));
  }
  if (const std::string query = artifact.text("query"); !query.empty()) facts.push_back("query " + query);
}

std::string joined(const std::vector<std::string>& facts) {
  return fmt::format("{}", fmt::join(facts, " · "));
}

}  // namespace

std::vector<std::string> title_of(const Run& run) {
  std::vector<std::string> title;
  if (const std::string question = run.text("question"); !question.empty()) title.push_back(marked("Q", question));
  if (const std::string answer = run.text("answer"); !answer.empty()) title.push_back(marked("A", answer));
  return title;
}

std::string subtitle_of(const ArtifactView& artifact, const StoredMap& map, bool several_images) {
  std::vector<std::string> facts{artifact.label()};
  if (several_images) facts.push_back(fmt::format("image {}", artifact.image()));
  add_facts_of_method(artifact, map, facts);
  if (map.on_image) facts.push_back(fmt::format("image mass {:.2g}", *map.on_image));
  return joined(facts);
}

std::string row_subtitle_of(const ArtifactView& artifact, const StoredMap& map) {
  std::vector<std::string> facts{artifact.label()};
  add_facts_of_method(artifact, map, facts);
  return joined(facts);
}

}  // namespace ocellus::overlay
