#include "host/store/slug.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk/sha256.hpp>
#include <set>

namespace ocellus::store {
namespace {

constexpr size_t longest_name = 120;
constexpr size_t longest_slug = 100;  // leaves room for an index
constexpr size_t longest_sentence = 40;
constexpr size_t n_digits = 8;

bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), is_safe);
}

std::string slug(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (made.size() == longest_slug) break;
    if (is_safe(c)) {
      if (c != '.' || !made.empty()) made += c;
    } else if (!made.empty() && made.back() != '-') {
      made += '-';
    }
  }
  while (!made.empty() && made.back() == '-') made.pop_back();
  return made.empty() ? "sample" : made;
}

std::string sentence_slug(std::string_view sentence) {
  if (sentence.empty()) return "";
  std::vector<std::string> words(1);
  for (const char c : sentence) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      words.back() += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  std::string made = words.front().substr(0, longest_sentence);
  for (size_t i = 1; i < words.size() && made.size() + 1 + words[i].size() <= longest_sentence; ++i) {
    if (!words[i].empty()) made += "-" + words[i];
  }
  return made + (made.empty() ? "" : "-") + sha256_hex(std::as_bytes(std::span(sentence))).substr(0, n_digits);
}

std::vector<std::string> sample_folders(std::span<const SlugSource> samples) {
  std::map<std::string_view, size_t> uses;
  for (const SlugSource& sample : samples) ++uses[sample.id];
  const auto keeps_id = [&](const SlugSource& sample) { return uses[sample.id] == 1 && is_file_name(sample.id); };

  std::set<std::string> taken;
  for (const SlugSource& sample : samples) {
    if (keeps_id(sample)) taken.insert(sample.id);
  }
  std::vector<std::string> folders;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (keeps_id(samples[i])) {
      folders.push_back(samples[i].id);
      continue;
    }
    std::string name = fmt::format("{}-{}", slug(samples[i].id.empty() ? samples[i].image : samples[i].id), i);
    while (!taken.insert(name).second) name += '_';
    folders.push_back(name);
  }
  return folders;
}

}  // namespace ocellus::store
