#include "plugins/renderers/common/maps/captions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ocellus::maps {

std::string marked(std::string_view mark, const std::string& text) {
  return fmt::format("{}: \u2068{}\u2069", mark, text);
}

std::vector<std::string> facts_of(const ArtifactView& artifact, const StoredMap& map) {
  std::vector<std::string> facts;
  for (const std::string& fact : {map.layers, map.step}) {
    if (!fact.empty()) facts.push_back(fact);
  }
  if (const std::string heads = artifact.text("heads"); !heads.empty() && map.axis != "head") {
    const bool one = heads.find_first_not_of("0123456789") == std::string::npos;
    facts.push_back(fmt::format("{} {}", one ? "head" : "heads", heads));
  }
  if (const std::string query = artifact.text("query"); !query.empty()) facts.push_back("query " + query);
  return facts;
}

std::string joined_facts(const std::vector<std::string>& facts) {
  return fmt::format("{}", fmt::join(facts, " · "));
}

std::vector<std::string> question_of(const Run& run) {
  const std::string question = run.text("question");
  return question.empty() ? std::vector<std::string>{} : std::vector<std::string>{marked("Q", question)};
}

std::vector<std::string> title_of(const Run& run) {
  std::vector<std::string> title = question_of(run);
  if (const std::string answer = run.text("answer"); !answer.empty()) title.push_back(marked("A", answer));
  return title;
}

std::string subtitle_of(const ArtifactView& artifact, const StoredMap& map, bool several_images) {
  std::vector<std::string> facts{artifact.label()};
  if (several_images) facts.push_back(fmt::format("image {}", artifact.image()));
  for (std::string& fact : facts_of(artifact, map)) facts.push_back(std::move(fact));
  if (map.on_image) facts.push_back(fmt::format("image mass {:.2g}", *map.on_image));
  return joined_facts(facts);
}

std::string faithfulness_of(const Run& run, const ArtifactView& artifact, size_t place) {
  const auto number = [&](const std::string& name) {
    return run.score_of(artifact, place, ("faithfulness." + name).c_str());
  };
  const auto gap = number("gap"), random = number("gap.random"), centre = number("gap.centre");
  if (!gap || !random || !centre) return "";
  std::string controls = fmt::format("random {:.2f}, centre {:.2f}", *random, *centre);
  if (const auto oracle = number("gap.oracle")) controls += fmt::format(", oracle {:.2f}", *oracle);
  const bool flips = number("flips").value_or(0) > 0;
  return joined_facts({fmt::format("gap {:.2f} ({})", *gap, controls),
                       fmt::format("insertion {:.2f}", number("insertion").value_or(0)),
                       fmt::format("deletion {:.2f}", number("deletion").value_or(0)),
                       flips ? fmt::format("flips at {:.2f}", number("flip_area").value_or(1)) : "never flips"});
}

std::string row_subtitle_of(const ArtifactView& artifact, const StoredMap& map) {
  std::vector<std::string> facts{artifact.label()};
  for (std::string& fact : facts_of(artifact, map)) facts.push_back(std::move(fact));
  return joined_facts(facts);
}

}  // namespace ocellus::maps
