// The blocks that see no question run once for all questions about the same pictures, and change no number.
#include "plugins/models/qavit/model.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/plugins/models/support/model_fixture.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"
#include "tests/support/qavit_folder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::qavit {
namespace {

using test::RecordingSink;
using test::Wish;

const std::filesystem::path data = OCELLUS_TEST_DATA;

class QaVitModel : public testing::Test {
 protected:
  std::unique_ptr<Model> load(const std::string& name) const {
    const std::string folder = scratch_ / name;
    if (!std::filesystem::exists(folder)) test::make_qavit_folder(data / "qavit", name, folder);
    auto model = std::make_unique<QaVit>(Host(), test::model_settings(folder, {}), false, models::Resize::pil);
    model->load();
    return model;
  }

  struct Ran {
    RecordingSink sink;
    int blocks = 0;  // that ran
  };
  std::unique_ptr<Ran> ask(Model& model, const std::string& question, test::Plan& plan, uint8_t grey = 0) const {
    test::Picture picture = test::read_picture(data / "qwen2_5_vl/images/landscape.png");
    if (grey != 0) std::fill_n(picture.rgb.begin(), picture.rgb.size() / 2, grey);
    const nlohmann::json content = {{{"type", "image"}}, {{"type", "text"}, {"text", question}}};
    const test::Conversation conversation({{{"role", "user"}, {"content", content}}}, {std::move(picture)});
    auto ran = std::make_unique<Ran>();
    const auto prepared = model.prepare(conversation.sample(), ran->sink.sink());
    ran->sink.cancel = [&blocks = ran->blocks] { return ++blocks < 0; };
    model.execute(*prepared, plan.get(), ran->sink.sink());
    return ran;
  }

  // Asks `question` of a model that was asked another before, and of one that was not.
  void expect_same(const std::string& name, test::Plan& plan, int blocks, uint8_t grey = 0) const {
    test::Plan before;
    before.add(states({3}));
    const auto asked = load(name), fresh = load(name);
    ask(*asked, "What is on the left?", before);
    const auto found = ask(*asked, question_, plan, grey), expected = ask(*fresh, question_, plan, grey);
    EXPECT_EQ(found->blocks, blocks);
    ASSERT_FALSE(expected->sink.captures.empty());
    ASSERT_EQ(found->sink.captures.size(), expected->sink.captures.size());
    for (const auto& [key, rows] : expected->sink.captures) {
      for (const auto& [number, row] : rows)
        EXPECT_EQ(found->sink.row(key.first, key.second, number).values, row.values)
            << "layer " << key.second << " row " << number;
    }
    EXPECT_EQ(found->sink.pieces, expected->sink.pieces);
  }

  static Wish states(std::vector<int64_t> layers) {
    return {.kind = OC_PROBE_HIDDEN, .stack = "vision", .layers = std::move(layers), .rows = {0, 7}};
  }
  static Wish attention(std::vector<int64_t> layers) {
    return {.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = std::move(layers), .heads = {0}, .rows = {0, 3}};
  }

  const std::string question_ = "Where is the red star?";
  const test::TemporaryFolder scratch_;
};

TEST_F(QaVitModel, APictureIsLookedAtOnceForAllQuestions) {
  test::Plan late;  // the case's last two of four layers see the question
  late.add(states({2, 3, 4}));
  late.add(attention({2, 3}));
  expect_same("late", late, 2);
}

TEST_F(QaVitModel, WhatIsAskedOfBlindLayersIsComputed) {
  test::Plan rows, entering;
  rows.add(attention({1, 3}));
  expect_same("late", rows, 4);
  entering.add(states({0, 4}));
  expect_same("late", entering, 4);
}

TEST_F(QaVitModel, AnotherPictureIsLookedAt) {
  test::Plan late;
  late.add(attention({3}));
  expect_same("late", late, 4, 99);
}

TEST_F(QaVitModel, NothingIsLeftOutWhereTheFirstLayerSeesTheQuestion) {
  test::Plan early;  // the case's first two of five
  early.add(attention({4}));
  expect_same("early", early, 5);
}

TEST_F(QaVitModel, WhatTheQuestionDoesNotReachNeedsNoEncoder) {
  test::Plan blind;
  blind.add(attention({0, 1}));
  expect_same("late", blind, 2);
}

}  // namespace
}  // namespace ocellus::qavit
