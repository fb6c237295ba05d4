// Promise 2 where it saves time: a sample that begins like the one before takes over what was computed, and has the
// numbers that it has alone.
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/plugins/models/support/promises.hpp"

namespace ocellus::test {

namespace {

class Prefix : public Promises {
 protected:
  // A conversation that begins with the images of conversation_ and ends in another question.
  struct Asked {
    std::unique_ptr<Conversation> conversation;
    std::unique_ptr<Model::Prepared> prepared;
    int64_t tokens;
  };
  Asked ask(const Model& model, const std::string& question, uint8_t first_value = 0) const {
    std::vector<Picture> pictures;
    for (const std::string path : fixture_.info["images"]) pictures.push_back(read_picture(fixture_.folder / path));
    if (first_value != 0) std::fill_n(pictures[0].rgb.begin(), pictures[0].rgb.size() / 2, first_value);
    auto content = nlohmann::json::array();
    for (size_t i = 0; i < pictures.size(); ++i) content.push_back({{"type", "image"}});
    content.push_back({{"type", "text"}, {"text", question}});
    const nlohmann::json messages = {{{"role", "user"}, {"content", content}}};
    Asked asked{std::make_unique<Conversation>(messages, std::move(pictures)), nullptr, 0};
    RecordingSink layout;
    asked.prepared = model.prepare(asked.conversation->sample(), layout.sink());
    asked.tokens = layout.layouts.at("language").tokens;
    return asked;
  }

  struct Ran {
    RecordingSink sink;
    int polls = 0;  // once a tower's block, and once a layer and chunk
  };
  std::unique_ptr<Ran> run(Model& model, const Asked& asked, Plan& plan) const {
    auto ran = std::make_unique<Ran>();
    ran->sink.cancel = [&polls = ran->polls] { return ++polls < 0; };
    model.execute(*asked.prepared, plan.get(), ran->sink.sink());
    return ran;
  }
  int all_polls(int64_t layers) const { return tested_model().tower_blocks + static_cast<int>(2 * layers); }

  // Runs `question` on a model that has seen no other, and on one that was asked something else before: the same, in as
  // many polls as expected.
  void expect_same(Plan& before, Plan& plan, const std::string& question, int polls) const {
    const auto fresh = open_tested_model(fixture_.model_folder), asked = open_tested_model(fixture_.model_folder);
    fresh->load();
    asked->load();
    const auto expected = run(*fresh, ask(*fresh, question), plan);
    run(*asked, ask(*asked, "Why?"), before);
    const auto found = run(*asked, ask(*asked, question), plan);
    EXPECT_EQ(found->polls, polls);
    EXPECT_EQ(found->sink.captures.size(), expected->sink.captures.size());
    for (const auto& [key, rows] : expected->sink.captures) {
      ASSERT_EQ(found->sink.captures.at(key).size(), rows.size());
      for (const auto& [number, row] : rows) {
        const KeptRow& other = found->sink.row(key.first, key.second, number);
        EXPECT_EQ(other.values, row.values) << "layer " << key.second << " row " << number;
        EXPECT_EQ(other.heads, row.heads);
        EXPECT_EQ(other.keys, row.keys);
      }
    }
    EXPECT_EQ(found->sink.pieces, expected->sink.pieces);
    ASSERT_EQ(found->sink.steps.size(), expected->sink.steps.size());
    for (size_t i = 0; i < found->sink.steps.size(); ++i) {
      EXPECT_EQ(found->sink.steps[i].token, expected->sink.steps[i].token);
      EXPECT_EQ(found->sink.steps[i].log_probability, expected->sink.steps[i].log_probability);
    }
  }

  Wish mass(std::vector<int64_t> layers, std::vector<int64_t> rows) const {
    return {.kind = OC_PROBE_MASS,
            .stack = "language",
            .layers = std::move(layers),
            .heads = {0, heads_ - 1},
            .rows = std::move(rows),
            .groups = {{0}, {3, 4, 9}, up_to(tokens_)}};
  }
};

const std::string question = "What is on the right, and why is it there?";

TEST_F(Prefix, APictureIsSeenOnce) {
  Plan before(2), plan(4);
  plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {}, .all_steps = true});
  plan.add(attention({}));
  plan.add({.kind = OC_PROBE_INPUT, .name = "pixel_values"});
  const Asked asked = ask(*model_, question);
  const uint32_t last = plan.add(attention({asked.tokens - 2, asked.tokens - 1}));
  EXPECT_GT(last, 0u);
  const auto layers = static_cast<int>(layers_);
  expect_same(before, plan, question, layers + 3 * layers);  // of the prompt's second part, and of three tokens
}

TEST_F(Prefix, MassesOfThePictureAreHandedOverAgain) {
  const Asked asked = ask(*model_, question);
  Plan before, plan, plan_of_two_methods;
  before.add(mass({0, layers_ - 1}, up_to(ask(*model_, "Why?").tokens)));
  plan.add(mass({0, layers_ - 1}, up_to(asked.tokens)));
  expect_same(before, plan, question, static_cast<int>(layers_));
  // Found in another place of the plan, beside what needs nothing of the first part.
  plan_of_two_methods.add(attention({asked.tokens - 1}));
  plan_of_two_methods.add(mass({0, layers_ - 1}, up_to(asked.tokens)));
  expect_same(before, plan_of_two_methods, question, static_cast<int>(layers_));
}

TEST_F(Prefix, WhatWasNotKeptIsComputed) {
  const Asked asked = ask(*model_, question);
  const auto layers = static_cast<int>(layers_);
  Plan last_row, rows_of_picture, masses, other_layers, states, tower, shallow, logits;
  last_row.add(attention({asked.tokens - 1}));
  rows_of_picture.add(attention({5, asked.tokens - 1}));
  expect_same(last_row, rows_of_picture, question, all_polls(layers));
  masses.add(mass({layers_ - 1}, {5, 6}));
  expect_same(last_row, masses, question, all_polls(layers));
  other_layers.add(mass({0, layers_ - 1}, {5, 6}));
  expect_same(other_layers, masses, question, all_polls(layers));
  states.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = {layers_}, .rows = {5}});
  expect_same(last_row, states, question, all_polls(layers));
  tower.add({.kind = OC_PROBE_HIDDEN, .stack = "projector", .layers = {0}, .rows = {0}});
  tower.add(attention({asked.tokens - 1}));
  expect_same(last_row, tower, question, all_polls(layers));
  logits.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {5}});
  expect_same(last_row, logits, question, all_polls(layers));
  // More layers than the first part has passed.
  Wish first_layer = attention({asked.tokens - 1});
  first_layer.layers = {0};
  shallow.add(first_layer);
  expect_same(shallow, last_row, question, all_polls(layers));
  expect_same(last_row, shallow, question, 1);
}

TEST_F(Prefix, AnotherPictureIsAnotherPrefix) {
  Plan plan;
  plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {ask(*model_, question).tokens - 1}});
  const auto first = run(*model_, ask(*model_, question), plan);
  const auto other = run(*model_, ask(*model_, question, 77), plan);
  const auto again = run(*model_, ask(*model_, question), plan);
  const auto once_more = run(*model_, ask(*model_, question), plan);
  const int all = all_polls(layers_);
  EXPECT_EQ(std::vector({first->polls, other->polls, again->polls, once_more->polls}),
            std::vector({all, all, all, static_cast<int>(layers_)}));
  const int64_t last = ask(*model_, question).tokens - 1;
  EXPECT_NE(first->sink.row(0, -1, last).values, other->sink.row(0, -1, last).values);
  for (const Ran* same : {again.get(), once_more.get()})
    EXPECT_EQ(first->sink.row(0, -1, last).values, same->sink.row(0, -1, last).values);
}

TEST_F(Prefix, AStoppedRunLeavesNothingWrong) {
  Plan plan(2);
  plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {}, .all_steps = true});
  const Asked asked = ask(*model_, question);
  const auto whole = run(*model_, asked, plan);
  for (const int stop : {1, static_cast<int>(layers_) + 1}) {  // in the second part, and at the first token
    RecordingSink sink;
    int polls = 0;
    sink.cancel = [&] { return ++polls == stop; };
    sentence_of(OC_E_CANCELLED, [&] { model_->execute(*asked.prepared, plan.get(), sink.sink()); });
    const auto again = run(*model_, asked, plan);
    ASSERT_EQ(again->sink.steps.size(), whole->sink.steps.size());
    EXPECT_EQ(again->sink.steps.back().log_probability, whole->sink.steps.back().log_probability);
  }
}

}  // namespace

}  // namespace ocellus::test
