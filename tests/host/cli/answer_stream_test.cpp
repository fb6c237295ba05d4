#include "host/cli/answer_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace ocellus::cli {
namespace {

class AnswerStreamTest : public testing::Test {
 protected:
  std::string written() const {
    std::string text;
    std::array<char, 256> piece{};
    std::rewind(file_.get());
    for (size_t n = 0; (n = std::fread(piece.data(), 1, piece.size(), file_.get())) > 0;) text.append(piece.data(), n);
    return text;
  }

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), std::fclose};
  AnswerStream stream_{file_.get()};
};

TEST_F(AnswerStreamTest, WritesTokenByTokenAndEndsTheLine) {
  stream_.write("A red");
  EXPECT_EQ(written(), "A red");
  stream_.write(" cat");
  stream_.end();
  EXPECT_EQ(written(), "A red cat\n");
  stream_.write("Two\n");
  stream_.end();
  EXPECT_EQ(written(), "A red cat\nTwo\n");
}

TEST_F(AnswerStreamTest, KeepsAHalfCharacterBack) {
  stream_.write("\xE7");
  stream_.write("\x8C");
  EXPECT_EQ(written(), "");
  stream_.write("\xAB");
  EXPECT_EQ(written(), "\xE7\x8C\xAB");
  stream_.write("!\xF0\x9F");
  EXPECT_EQ(written(), "\xE7\x8C\xAB!");
  stream_.end();
  EXPECT_EQ(written(), "\xE7\x8C\xAB!\n") << "what never became a character is left out";
}

TEST_F(AnswerStreamTest, AnEmptyAnswerIsNoLine) {
  stream_.write("");
  stream_.end();
  EXPECT_EQ(written(), "");
}

TEST_F(AnswerStreamTest, CannotSteerTheTerminal) {
  stream_.write("\x1b[2Ja\tb\x7f");
  EXPECT_EQ(written(), " [2Ja b ");
}

}  // namespace
}  // namespace ocellus::cli
