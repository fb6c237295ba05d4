// Deep copies of the layouts that a model published for one sample.
#pragma once

#include <ocellus/abi/layout.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::services {

class LayoutBook {
 public:
  // Throws Error(OC_E_INTERNAL) unless segments partition the tokens, grids have all their cells, row by row, and no
  // layer of a stack has a layout already.
  void add(const oc_layout& layout);

  // NULL = none was published for that layer of that stack.
  const oc_layout* find(std::string_view stack, uint32_t layer) const;
  // That of the layers which have all tokens of the stack; NULL = none was published.
  const oc_layout* widest(std::string_view stack) const;

  // What has token ids: the prompt, or the question to a model without a language stack; NULL = neither.
  const oc_layout* of_text() const;

  // Appends one generated token to every layout of the language stack.
  void append_answer_token(int64_t id, bool is_stop, uint32_t turn);

  std::vector<const oc_layout*> all() const;

  // Tokens of the language stack before any answer, given or generated; 0 without such a stack.
  int64_t prompt_tokens() const { return prompt_tokens_; }
  // -1 = none is given.
  int64_t given_answer_tokens() const { return given_answer_tokens_; }
  // Of these; none where none is given.
  std::vector<int64_t> given_answer_ids() const;

 private:
  struct Stored {
    std::string stack;
    std::vector<int64_t> token_ids;
    std::vector<oc_segment> segments;
    std::vector<oc_cell> cells;
    std::vector<oc_grid> grids;
    oc_layout view{};
    void refresh();
  };
  std::deque<Stored> layouts_;
  int64_t prompt_tokens_ = 0, given_answer_tokens_ = -1;
};

}  // namespace ocellus::services
