// Properties that hold for every text.
#include <gtest/gtest.h>
// after gtest
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "plugins/models/common/tokenizer/normalizer.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

const Tokenizer& trained_tokenizer() {
  static const Tokenizer tokenizer = Tokenizer::load(std::filesystem::path(OCELLUS_TEST_DATA) / "tokenizer" / "pairs");
  return tokenizer;
}

// Code points of all planes, more of those that meet in text.
std::string any_text() {
  const auto code_point = rc::gen::weightedOneOf<std::uint32_t>(
      {{6, rc::gen::inRange<std::uint32_t>(0, 0x80)},
       {3, rc::gen::inRange<std::uint32_t>(0x80, 0x250)},
       {2, rc::gen::inRange<std::uint32_t>(0x300, 0x370)},
       {2, rc::gen::inRange<std::uint32_t>(0x1100, 0x1200)},
       {2, rc::gen::elementOf(std::vector<std::uint32_t>{0x20, 0xA, 0xD, 0x3000, 0xA0, 0x180E, 0x200D, 0x1F600})},
       {2, rc::gen::inRange<std::uint32_t>(0x800, 0xD800)},
       {1, rc::gen::inRange<std::uint32_t>(0xE000, 0x110000)}});
  std::string text;
  for (const std::uint32_t c : *rc::gen::container<std::vector<std::uint32_t>>(code_point)) append_utf8(text, c);
  return text;
}

std::vector<std::int64_t> ids_of(const std::vector<Token>& tokens) {
  std::vector<std::int64_t> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

RC_GTEST_PROP(RoundTrip, DecodingGivesNormalizedTextBack, ()) {
  const std::string text(normalize_nfc(AlignedText(any_text(), 0)).text());
  // An added token of this vocabulary, which the decoder takes for the spelling of a byte, in the library too.
  RC_PRE(text.find("\u00c5") == text.npos);
  RC_ASSERT(trained_tokenizer().decode(ids_of(trained_tokenizer().encode(text, true)), false) == text);
}

RC_GTEST_PROP(RoundTrip, OffsetsAreInOrderAndCutNoCharacter, ()) {
  const std::string text = any_text();
  std::size_t begin = 0;
  for (const Token& token : trained_tokenizer().encode(text, true)) {
    RC_ASSERT(token.begin >= begin);
    RC_ASSERT(token.end > token.begin);
    RC_ASSERT(token.end <= text.size());
    RC_ASSERT(!is_utf8_continuation(text[token.begin]));
    RC_ASSERT(token.end == text.size() || !is_utf8_continuation(text[token.end]));
    begin = token.begin;
  }
}

// Of a question encoder's tokenizer, ranges may be empty (trimmed white space) and are those of the template at the
// ends.
RC_GTEST_PROP(RoundTrip, OffsetsOfQuestionTokenizersCutNoCharacter, ()) {
  static const auto tokenizers = [] {
    std::vector<Tokenizer> loaded;
    for (const char* name : {"t5", "t5_converted", "bert_uncased", "roberta"})
      loaded.push_back(Tokenizer::load(std::filesystem::path(OCELLUS_TEST_DATA) / "question_tokenizer" / name));
    return loaded;
  }();
  const std::string text = any_text();
  for (const Tokenizer& tokenizer : tokenizers) {
    for (const Token& token : tokenizer.encode(text, true)) {
      RC_ASSERT(token.begin <= token.end);
      RC_ASSERT(token.end <= text.size());
      RC_ASSERT(token.begin == text.size() || !is_utf8_continuation(text[token.begin]));
      RC_ASSERT(token.end == text.size() || !is_utf8_continuation(text[token.end]));
    }
  }
}

// Words of letters that the vocabulary has, one space between them.
RC_GTEST_PROP(RoundTrip, DecodingGivesPlainWordsBack, ()) {
  const auto word = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abelnu"))));
  std::string text;
  for (const std::string& next : *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(word)))
    text.append(text.empty() ? 0 : 1, ' ').append(next, 0, 90);
  for (const char* name : {"t5", "t5_converted", "bert_uncased"}) {
    const Tokenizer tokenizer = Tokenizer::load(std::filesystem::path(OCELLUS_TEST_DATA) / "question_tokenizer" / name);
    RC_ASSERT(tokenizer.decode(ids_of(tokenizer.encode(text, true)), true) == text);
  }
}

TEST(RoundTrip, FromManyThreadsAtOnce) {
  const std::string text = "<|im_start|>Cafe\u0301s  \u3000 12!\n\n<|im_end|>";
  const std::vector<std::int64_t> expected = ids_of(trained_tokenizer().encode(text, true));
  std::vector<int> differing(4, 0);
  std::vector<std::thread> threads;
  for (int& count : differing) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) count += ids_of(trained_tokenizer().encode(text, true)) != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differing, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace ocellus::models
