#include "host/sanity/exchange.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <random>
#include <sstream>
#include <utility>

namespace ocellus::sanity {
namespace {

// Fisher and Yates; the library's own shuffle is another on each.
template <class T>
void shuffle(std::vector<T>& values, std::mt19937_64& random) {
  for (size_t left = values.size(); left > 1; --left) std::swap(values[left - 1], values[random() % left]);
}

// Empty where every order of the words reads alike.
std::string in_another_order(const std::string& question, std::mt19937_64& random) {
  std::vector<std::string> words;
  std::istringstream text(question);
  for (std::string word; text >> word;) words.push_back(std::move(word));
  const std::vector<std::string> as_asked = words;
  if (std::adjacent_find(words.begin(), words.end(), std::not_equal_to<>()) == words.end()) return "";
  while (words == as_asked) shuffle(words, random);
  std::string other;
  for (const std::string& word : words) other += (other.empty() ? "" : " ") + word;
  return other;
}

}  // namespace

std::vector<std::string> exchanged(const std::vector<std::string>& questions, uint64_t seed) {
  if (questions.empty()) return {};
  std::mt19937_64 random(seed);
  std::map<std::string, std::vector<size_t>> askers;
  for (size_t i = 0; i < questions.size(); ++i) askers[questions[i]].push_back(i);
  if (askers.size() == 1) {
    const std::string other = in_another_order(questions.front(), random);
    return other.empty() ? std::vector<std::string>{} : std::vector<std::string>(questions.size(), other);
  }
  // Those who ask the same stand together. Moved on by the size of the largest group, nobody meets his own question,
  // unless that group is more than half of all.
  std::vector<std::vector<size_t>> groups;
  for (auto& [question, group] : askers) {
    shuffle(group, random);
    groups.push_back(std::move(group));
  }
  shuffle(groups, random);
  std::vector<size_t> order;
  size_t largest = 0;
  for (const std::vector<size_t>& group : groups) {
    order.insert(order.end(), group.begin(), group.end());
    largest = std::max(largest, group.size());
  }
  std::vector<std::string> given(questions.size());
  for (size_t place = 0; place < order.size(); ++place) {
    const std::string& own = questions[order[place]];
    size_t other = (place + largest) % order.size();
    while (questions[order[other]] == own) other = (other + 1) % order.size();
    given[order[place]] = questions[order[other]];
  }
  return given;
}

}  // namespace ocellus::sanity
