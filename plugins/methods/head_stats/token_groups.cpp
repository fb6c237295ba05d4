#include "plugins/methods/head_stats/token_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace ocellus::methods {
namespace {

const oc_segment* segment_at(std::span<const oc_segment> segments, int64_t token) {
  const auto at = std::find_if(segments.begin(), segments.end(), [&](const oc_segment& segment) {
    return segment.begin <= token && token < segment.end;
  });
  return at != segments.end() ? &*at : nullptr;
}

// Of every token: what it is. Token 0 of a tokenizer without BOS plays its part as a sink and stands by itself, unless
// it is of an image.
std::vector<std::string> names_of(std::span<const oc_segment> segments, int64_t n_tokens) {
  static constexpr std::array<std::pair<uint32_t, const char*>, 6> names{{{OC_SEGMENT_BOS, "bos"},
                                                                          {OC_SEGMENT_SYSTEM, "system"},
                                                                          {OC_SEGMENT_USER_TEXT, "user_text"},
                                                                          {OC_SEGMENT_QUESTION, "question"},
                                                                          {OC_SEGMENT_ASSISTANT_TEXT, "assistant_text"},
                                                                          {OC_SEGMENT_SPECIAL, "special"}}};
  const bool has_bos = std::any_of(segments.begin(), segments.end(), [](const oc_segment& segment) {
    return segment.kind == OC_SEGMENT_BOS && segment.begin < segment.end;
  });
  std::vector<std::string> of_token(static_cast<size_t>(n_tokens), "special");
  for (const oc_segment& segment : segments) {
    const auto known =
        std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == segment.kind; });
    const std::string name = segment.kind == OC_SEGMENT_IMAGE ? fmt::format("image{}", segment.image)
                             : known != names.end()           ? known->second
                                                              : "special";
    for (int64_t token = segment.begin; token < std::min(segment.end, n_tokens); ++token)
      of_token[static_cast<size_t>(token)] = name;
  }
  if (!has_bos && n_tokens > 0 && !of_token[0].starts_with("image")) of_token[0] = "first_token";
  return of_token;
}

bool is_image(const oc_segment* segment) {
  return segment != nullptr && segment->kind == OC_SEGMENT_IMAGE;
}

}  // namespace

std::vector<TokenGroup> token_groups(std::span<const oc_segment> segments, int64_t n_tokens) {
  std::map<std::string, Tokens> by_name;
  const std::vector<std::string> names = names_of(segments, n_tokens);
  for (int64_t token = 0; token < n_tokens; ++token) by_name[names[static_cast<size_t>(token)]].push_back(token);
  std::vector<TokenGroup> groups;
  const auto take = [&](const std::string& name) {
    if (const auto at = by_name.find(name); at != by_name.end()) groups.push_back({name, std::move(at->second)});
  };
  for (const char* name : {"bos", "first_token", "system", "user_text", "question", "assistant_text", "special"})
    take(name);
  int32_t n_images = 0;
  for (const oc_segment& segment : segments) n_images = std::max(n_images, segment.image + 1);
  for (int32_t image = 0; image < n_images; ++image) take(fmt::format("image{}", image));
  return groups;
}

Sides honest_sides(std::span<const oc_segment> segments, int64_t n_tokens) {
  Sides sides;
  for (const TokenGroup& group : token_groups(segments, n_tokens)) {
    if (group.name == "bos" || group.name == "first_token" || group.name == "system") continue;
    Tokens& side = group.name.starts_with("image") ? sides.image : sides.text;
    side.insert(side.end(), group.tokens.begin(), group.tokens.end());
  }
  std::sort(sides.text.begin(), sides.text.end());
  std::sort(sides.image.begin(), sides.image.end());
  return sides;
}

Sides upstream_sides(std::span<const oc_segment> segments, int64_t n_tokens) {
  Sides sides;
  for (int64_t token = 0; token < n_tokens; ++token) {
    const oc_segment *segment = segment_at(segments, token), *before = segment_at(segments, token - 1);
    const bool system = segment != nullptr && segment->kind == OC_SEGMENT_SYSTEM;
    const bool behind_system = before != nullptr && before->kind == OC_SEGMENT_SYSTEM;
    if (is_image(segment)) {
      sides.image.push_back(token);
    } else if (!system && !behind_system) {
      sides.text.push_back(token);
    }
  }
  return sides;
}

}  // namespace ocellus::methods
