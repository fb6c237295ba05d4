#include "host/run/shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <string_view>

namespace ocellus::run {
namespace {

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string Shard::name() const {
  return fmt::format("{}/{}", index, count);
}

Shard parse_shard(const std::string& text) {
  const size_t slash = text.find('/');
  const auto index = number(std::string_view(text).substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : number(std::string_view(text).substr(slash + 1));
  if (!index || !count || *count == 0 || *count > max_shards) {
    throw Error(OC_E_OPTION,
                fmt::format("--shard {}: write I/N, such as 2/5 for the second of five shards, with N from "
                            "1 to {}",
                            text, max_shards));
  }
  if (*index == 0 || *index > *count) {
    throw Error(OC_E_OPTION, fmt::format("--shard {}: shards count from 1, so of {} they go from 1/{} to {}/{}", text,
                                         *count, *count, *count, *count));
  }
  return {*index, *count, "--shard"};
}

std::vector<Sample> share_of(std::vector<Sample> samples, const Shard& shard) {
  if (shard.is_whole()) return samples;
  std::vector<Sample> share;
  for (Sample& sample : samples) {
    if (shard_of(sample.group, shard.count) == shard.index) share.push_back(std::move(sample));
  }
  return share;
}

}  // namespace ocellus::run
