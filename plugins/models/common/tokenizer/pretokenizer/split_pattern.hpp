// Cutting text at the matches of a regular expression.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/aligned_text.hpp"

namespace ocellus::models {

// Immutable: `split` may be called by any thread.
class SplitPattern {
 public:
  // `pattern` as tokenizer.json has it. Throws Error(OC_E_MODEL) if it is malformed or uses what we do not support.
  explicit SplitPattern(std::string_view pattern);

  // Appends the matches in `text` and what lies between them ("Isolated"), in order, none of them empty, as ranges
  // of `text` shifted by `offset`. `text` must be UTF-8: it is not checked again.
  // Throws Error(OC_E_SAMPLE) where a match would take more steps than the limit allows.
  void split(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace ocellus::models
