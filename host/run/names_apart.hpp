// Which words of the user's names of pictures (docs/output.md) tell the samples of a run apart.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ocellus::run {

// What names may take of a sample, beside its folder.
struct SampleWords {
  std::string question;
  std::vector<std::filesystem::path> images;
};

struct NamesApart {
  bool is_alone = true;               // the only sample of its run
  bool by_question = true;            // each has a question of its own
  bool by_question_and_image = true;  // ... among those about pictures of one name
  bool are_pairs = false;             // of query and candidate, each pair once

  // Whether files of two samples have different names, by the words of the samples alone.
  bool tells(const std::string& pattern) const;
};

NamesApart names_apart(std::span<const SampleWords> samples);

}  // namespace ocellus::run
