#include "host/services/layout_book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/support/refusal.hpp"
#include "tests/support/small_layout.hpp"

namespace ocellus::services {
namespace {

using test::SmallLayout;

TEST(LayoutBook, CopiesDeeply) {
  LayoutBook book;
  {
    SmallLayout gone;
    book.add(gone.view());
    std::fill(gone.token_ids.begin(), gone.token_ids.end(), -1);
    gone.stack = "nothing!";
  }
  const SmallLayout same;
  const oc_layout* found = book.find("language", 0);
  ASSERT_NE(found, nullptr);
  EXPECT_STREQ(found->stack, "language");
  EXPECT_EQ(std::vector<int64_t>(found->token_ids, found->token_ids + found->n_tokens), same.token_ids);
  ASSERT_EQ(found->n_segments, same.segments.size());
  EXPECT_EQ(found->segments[4].kind, uint32_t{OC_SEGMENT_QUESTION});
  ASSERT_EQ(found->n_cells, 8u);
  EXPECT_EQ(found->cells[7].token, 10);
  ASSERT_EQ(found->n_grids, 2u);
  EXPECT_EQ(found->grids[0].source_width, 300u);
}

TEST(LayoutBook, FindsByStackAndLayer) {
  LayoutBook book;
  SmallLayout early, late;
  early.layer_end = 2;
  late.layer_begin = 2;
  late.token_ids[0] = 999;
  book.add(early.view());
  book.add(late.view());
  EXPECT_EQ(book.find("language", 1)->token_ids[0], 100);
  EXPECT_EQ(book.find("language", 2)->token_ids[0], 999);
  EXPECT_EQ(book.find("language", 4), nullptr);
  EXPECT_EQ(book.find("vision", 0), nullptr);
  EXPECT_EQ(book.all().size(), 2u);
}

// A vision stack whose later layers see the question, too.
TEST(LayoutBook, LayersMayDifferInTokensThatAreKeysAlone) {
  LayoutBook book;
  SmallLayout blind, aware;
  blind.stack = aware.stack = "vision";
  blind.layer_end = aware.layer_begin = 2;
  blind.token_ids.resize(11);  // without the question and what is behind it
  blind.segments.resize(4);
  aware.n_keys_only = 4;
  book.add(blind.view());
  book.add(aware.view());
  EXPECT_EQ(book.find("vision", 0)->n_tokens, 11);
  EXPECT_EQ(book.find("vision", 3)->n_keys_only, 4);
  EXPECT_EQ(book.widest("vision"), book.find("vision", 2));
  EXPECT_EQ(book.widest("language"), nullptr);

  LayoutBook other;
  other.add(blind.view());
  aware.n_keys_only = 3;
  EXPECT_TRUE(test::refusal_of([&] { other.add(aware.view()); }).says("rows"));
  aware.n_keys_only = 16;
  EXPECT_TRUE(test::refusal_of([&] { LayoutBook().add(aware.view()); }).says("more keys"));
  aware.n_keys_only = 5;  // a patch among them
  EXPECT_TRUE(test::refusal_of([&] { LayoutBook().add(aware.view()); }).says("nowhere"));
}

TEST(LayoutBook, ThePromptOrTheQuestionHasTokenIds) {
  LayoutBook book;
  SmallLayout question;
  question.stack = "vision";
  book.add(question.view());
  EXPECT_EQ(book.of_text(), nullptr);
  question.stack = "question";
  book.add(question.view());
  EXPECT_EQ(book.of_text(), book.find("question", 0));
  book.add(SmallLayout().view());
  EXPECT_EQ(book.of_text(), book.find("language", 0));
}

TEST(LayoutBook, TheAnswerGrowsTheLanguageStack) {
  LayoutBook book;
  SmallLayout vision;
  vision.stack = "vision";
  book.add(SmallLayout().view());
  book.add(vision.view());
  book.append_answer_token(500, false, 2);
  book.append_answer_token(501, false, 2);
  book.append_answer_token(502, true, 2);
  const oc_layout& layout = *book.find("language", 0);
  EXPECT_EQ(layout.n_tokens, 18);
  EXPECT_EQ(std::vector<int64_t>(layout.token_ids + 15, layout.token_ids + 18), (std::vector<int64_t>{500, 501, 502}));
  ASSERT_EQ(layout.n_segments, 8u);
  const oc_segment &answer = layout.segments[6], &stop = layout.segments[7];
  EXPECT_EQ(answer.kind, uint32_t{OC_SEGMENT_ANSWER});
  EXPECT_EQ(answer.turn, 2u);
  EXPECT_EQ(answer.begin, 15);
  EXPECT_EQ(answer.end, 17);
  EXPECT_EQ(answer.image, -1);
  EXPECT_EQ(stop.kind, uint32_t{OC_SEGMENT_SPECIAL});
  EXPECT_EQ(stop.begin, 17);
  EXPECT_EQ(stop.end, 18);
  EXPECT_EQ(book.find("vision", 0)->n_tokens, 15);
}

TEST(LayoutBook, AStopTokenAloneIsASegmentOfItsOwn) {
  LayoutBook book;
  book.add(SmallLayout().view());
  book.append_answer_token(502, true, 2);
  const oc_layout& layout = *book.find("language", 0);
  ASSERT_EQ(layout.n_segments, 7u) << "the prompt's last segment is special too, but of another turn";
  EXPECT_EQ(layout.segments[5].end, 15);
  EXPECT_EQ(layout.segments[6].begin, 15);
}

TEST(LayoutBook, WithoutTokenIdsThereAreNone) {
  SmallLayout patches;
  oc_layout view = patches.view();
  view.token_ids = nullptr;
  LayoutBook book;
  book.add(view);
  book.append_answer_token(500, false, 2);
  EXPECT_EQ(book.find("language", 0)->token_ids, nullptr);
  EXPECT_EQ(book.find("language", 0)->n_tokens, 16);
}

struct Wrong {
  const char* what;
  std::function<void(SmallLayout&)> spoil;
  const char* sentence;
};

TEST(LayoutBook, WhatIsNoLayoutIsRefused) {
  const char* partition = "the layout is wrong: the segments do not partition the tokens";
  const char* cell = "the layout is wrong: a cell is nowhere";
  const char* outside = "the layout is wrong: a cell is outside its grid";
  const char* rows = "the layout is wrong: the cells of a grid are not all of them, row by row";
  const std::vector<Wrong> cases{
      {"a gap", [](SmallLayout& l) { l.segments[2].begin = 9, l.segments.erase(l.segments.begin() + 2); }, partition},
      {"an overlap", [](SmallLayout& l) { l.segments[2].begin = 7; }, partition},
      {"an empty segment", [](SmallLayout& l) { l.segments[0].end = 0, l.segments[1].begin = 0; }, partition},
      {"a late start", [](SmallLayout& l) { l.segments[0].begin = 1; }, partition},
      {"too short", [](SmallLayout& l) { l.segments.pop_back(); }, partition},
      {"too long", [](SmallLayout& l) { l.segments.back().end = 16; }, partition},
      {"image without number", [](SmallLayout& l) { l.segments[1].image = -1; },
       "the layout is wrong: an image segment without image"},
      {"text with number", [](SmallLayout& l) { l.segments[0].image = 0; },
       "the layout is wrong: an image segment without image"},
      {"token too high", [](SmallLayout& l) { l.cells[0].token = 15; }, cell},
      {"token too low", [](SmallLayout& l) { l.cells[0].token = -1; }, cell},
      {"flat cell", [](SmallLayout& l) { l.cells[0].x1 = l.cells[0].x0; }, cell},
      {"turned cell", [](SmallLayout& l) { std::swap(l.cells[0].y0, l.cells[0].y1); }, cell},
      {"cell that is no number", [](SmallLayout& l) { l.cells[0].x1 = std::nanf(""); }, cell},
      {"row too high", [](SmallLayout& l) { l.cells[0].row = 2; }, outside},
      {"column too high", [](SmallLayout& l) { l.cells[0].col = 3; }, outside},
      {"row too low", [](SmallLayout& l) { l.cells[0].row = -1; }, outside},
      {"no such grid", [](SmallLayout& l) { l.grids.pop_back(); }, outside},
      {"a cell too few", [](SmallLayout& l) { l.cells.pop_back(); }, rows},
      {"a cell twice", [](SmallLayout& l) { l.cells.push_back(l.cells.back()); }, rows},
      {"columns first", [](SmallLayout& l) { std::swap(l.cells[1], l.cells[3]); }, rows},
      {"the second image first", [](SmallLayout& l) { std::swap(l.grids[0], l.grids[1]); },
       "the layout is wrong: the grids are not in the order of their images"},
      {"no layers", [](SmallLayout& l) { l.layer_end = 0; }, "the layout is wrong: no layers"}};
  for (const Wrong& wrong : cases) {
    SmallLayout layout;
    wrong.spoil(layout);
    EXPECT_EQ(test::refusal_of([&] { LayoutBook().add(layout.view()); }),
              (test::Refusal{OC_E_INTERNAL, wrong.sentence}))
        << wrong.what;
  }
}

TEST(LayoutBook, ALayerHasOneLayout) {
  LayoutBook book;
  SmallLayout early, late, both;
  early.layer_end = late.layer_begin = 2;
  late.layer_end = 4;
  both.layer_begin = 1, both.layer_end = 3;
  book.add(early.view());
  book.add(late.view());
  EXPECT_EQ(test::refusal_of([&] { book.add(both.view()); }),
            (test::Refusal{OC_E_INTERNAL, "the layout is wrong: a layer has two"}));
}

TEST(LayoutBook, AFieldOfALaterAgeIsRefused) {
  const SmallLayout layout;
  struct {
    oc_layout known;
    uint64_t later;
  } view{layout.view(), 0};
  view.known.struct_size = sizeof view;
  EXPECT_NO_THROW(LayoutBook().add(view.known));
  view.later = 1;
  EXPECT_EQ(test::refusal_of([&] { LayoutBook().add(view.known); }),
            (test::Refusal{OC_E_UNSUPPORTED, "the layout sets a field that this host does not know: update ocellus"}));
}

TEST(LayoutBook, AShortDescriptorIsFilledUpWithZeros) {
  const SmallLayout layout;
  oc_layout view = layout.view();
  view.struct_size = 40;
  EXPECT_EQ(test::refusal_of([&] { LayoutBook().add(view); }).sentence,
            "the layout is wrong: the segments do not partition the tokens");
}

TEST(LayoutBook, AStackThatSeesNothingHasNoTokens) {
  SmallLayout nothing;
  nothing.token_ids.clear(), nothing.segments.clear(), nothing.cells.clear(), nothing.grids.clear();
  LayoutBook book;
  book.add(nothing.view());
  EXPECT_EQ(book.find("language", 0)->n_tokens, 0);
}

TEST(LayoutBook, CellsMayLeaveThePicture) {
  SmallLayout padded;
  padded.cells[0].x0 = -0.5f;
  padded.cells[5].y1 = 1.5f;
  LayoutBook book;
  book.add(padded.view());
  EXPECT_EQ(book.find("language", 0)->cells[0].x0, -0.5f);
}

}  // namespace
}  // namespace ocellus::services
