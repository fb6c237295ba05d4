// What all samples say of each head, and the groups that are described of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ocellus::methods {

struct HeadRecords {
  std::vector<std::string> quantities;  // text_to_visual, visual_to_text, total; of a tower the second alone
  std::vector<int64_t> layers, heads;   // numbers in the model
  std::vector<std::string> samples, categories;
  std::vector<std::vector<float>> values;  // of each quantity: [samples, layers, heads]

  size_t n_cells() const { return layers.size() * heads.size(); }

  // In order of their first sample.
  std::vector<std::string> distinct_categories() const;
};

// A part of the values: of one category or all (empty), one layer or all (-1), one head of it or all (-1).
struct Group {
  std::string category;
  int64_t layer = -1, head = -1;  // places in HeadRecords::layers and heads
};

// Overall, each layer, each head, each category, each layer in each category; in this order.
std::vector<Group> groups_of(const HeadRecords& records);

// The samples of a category, by place; all for the empty one.
std::vector<size_t> samples_of(const HeadRecords& records, const std::string& category);

// The cells [layer, head] of a group, by place.
std::vector<size_t> cells_of(const HeadRecords& records, const Group& group);

}  // namespace ocellus::methods
