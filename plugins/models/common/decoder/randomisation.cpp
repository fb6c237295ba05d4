#include "plugins/models/common/decoder/randomisation.hpp"

#include <charconv>
#include <ocellus/sdk/error.hpp>
#include <utility>

namespace ocellus::models {

namespace {

// FNV-1a.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char character : text) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3u;
  return hash;
}

// SplitMix64's.
uint64_t mixed(uint64_t word) {
  word += 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

}  // namespace

std::optional<uint64_t> Randomisation::seed_of(std::string_view weight) const {
  if (top == 0 || !weight.starts_with(prefix)) return std::nullopt;
  int64_t layer = 0;
  const std::string_view rest = weight.substr(prefix.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
  if (error != std::errc() || layer < layers - top) return std::nullopt;
  return mixed(seed ^ hash_of(weight));
}

std::string Randomisation::description() const {
  return "the last " + std::to_string(top) + " of " + std::to_string(layers) + " layers, seed " + std::to_string(seed);
}

Randomisation Randomise::of(std::string prefix, int64_t layers) const {
  if (top > layers) {
    throw Error(OC_E_UNSUPPORTED, "randomise=" + std::to_string(top) + ": this model has " + std::to_string(layers) +
                                      " layers that can get random weights");
  }
  return {std::move(prefix), layers, top == all ? layers : top, seed};
}

}  // namespace ocellus::models
