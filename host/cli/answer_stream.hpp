// An answer on a terminal while it is generated.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace ocellus::cli {

class AnswerStream {
 public:
  explicit AnswerStream(std::FILE* out) : out_(out) {}

  // The next bytes of the answer. Those of a character that is not whole yet are kept back; control characters but line
  // breaks, with which a text could steer the terminal, become blanks.
  void write(std::string_view bytes);

  // The answer is over, whole or not: ends its line, if there is one.
  void end();

 private:
  std::FILE* out_;
  std::string pending_;
  bool at_line_start_ = true;
};

}  // namespace ocellus::cli
