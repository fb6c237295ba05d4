#include "plugins/methods/common/mass_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ocellus::methods {

std::vector<MassGroup> mass_groups(const Run& run) {
  std::vector<MassGroup> groups{{"bos", Select::segment(OC_SEGMENT_BOS)},
                                {"system", Select::segment(OC_SEGMENT_SYSTEM)},
                                {"user_text", Select::segment(OC_SEGMENT_USER_TEXT)},
                                {"question", Select::segment(OC_SEGMENT_QUESTION)},
                                {"assistant_text", Select::segment(OC_SEGMENT_ASSISTANT_TEXT)},
                                {"special", Select::segment(OC_SEGMENT_SPECIAL)},
                                {"answer", Select::segment(OC_SEGMENT_ANSWER)}};
  for (const oc_grid& grid : run.grids("language")) {
    groups.push_back({fmt::format("image{}", grid.image), Select::image(grid.image)});
  }
  const auto segments = run.segments("language");
  const auto is_bos = [](const oc_segment& segment) { return segment.kind == OC_SEGMENT_BOS; };
  if (std::none_of(segments.begin(), segments.end(), is_bos)) groups.push_back({"first_token", Select::indices({0})});
  return groups;
}

std::vector<MassGroup> tower_mass_groups(const Run& run) {
  // Only the question's tokens are without rows, and they stand last.
  const int64_t rows = run.layout("vision").n_tokens - run.layout("vision").n_keys_only;
  std::vector<int64_t> classes;
  std::vector<MassGroup> groups{{"question", Select::indices(run.question_keys("vision"))}};
  for (const oc_segment& segment : run.segments("vision")) {
    std::vector<int64_t> tokens;
    for (int64_t token = segment.begin; token < segment.end && token < rows; ++token) tokens.push_back(token);
    if (segment.image >= 0) {
      groups.push_back({fmt::format("image{}", segment.image), Select::indices(std::move(tokens))});
    } else {
      classes.insert(classes.end(), tokens.begin(), tokens.end());
    }
  }
  groups.push_back({"class", Select::indices(std::move(classes))});
  return groups;
}

std::vector<int64_t> tokens_of(const Run& run, const MassGroup& group) {
  const Select& select = group.select;
  if (select.kind == OC_SELECT_INDICES) return select.numbers;
  std::vector<int64_t> tokens;
  for (const oc_segment& segment : run.segments("language")) {
    // A given answer stands in the group of the answer.
    const uint32_t kind = segment.kind == OC_SEGMENT_GIVEN_ANSWER ? uint32_t{OC_SEGMENT_ANSWER} : segment.kind;
    const bool is_member = select.kind == OC_SELECT_IMAGE ? segment.image >= 0 && segment.image == select.argument
                                                          : segment.image < 0 && kind == select.argument;
    for (int64_t token = segment.begin; is_member && token < segment.end; ++token) tokens.push_back(token);
  }
  return tokens;
}

}  // namespace ocellus::methods
