#include "plugins/models/common/generation/settings.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/refusal.hpp"

namespace ocellus::models {

namespace {

using test::Refusal;
using test::refusal_of;

GenerationConfig folder() {
  GenerationConfig config;
  config.end_tokens = {7, 9};
  config.repetition_penalty = 1.5f;
  config.temperature = 0.5;
  config.top_k = 3;
  config.top_p = 0.25;
  return config;
}

oc_generation asked(bool draws) {
  oc_generation generation{};
  generation.struct_size = sizeof generation;
  generation.draws = draws ? 1 : 0;
  return generation;
}

TEST(GenerationSettings, AreTheFoldersWhereNothingIsAsked) {
  const GenerationSettings settings = settings_of(folder(), nullptr);
  EXPECT_FALSE(settings.draws);
  EXPECT_EQ(settings.end_tokens, (std::vector<int64_t>{7, 9}));
  EXPECT_EQ(settings.repetition_penalty, 1.5f);
  const oc_generation drawn = asked(true);
  const GenerationSettings drawing = settings_of(folder(), &drawn);
  EXPECT_TRUE(drawing.draws);
  EXPECT_EQ(drawing.temperature, 0.5f);
  EXPECT_EQ(drawing.top_k, 3);
  EXPECT_EQ(drawing.top_p, 0.25);
}

TEST(GenerationSettings, AreTheUsersWhereOneIsAsked) {
  oc_generation generation = asked(true);
  generation.temperature = 2;
  generation.top_k = -1;
  generation.top_p = 1;
  generation.repetition_penalty = 1;
  generation.seed = 11;
  const std::array<const char*, 2> stops{"a", "b"};
  generation.stop_strings = stops.data();
  generation.n_stop_strings = stops.size();
  const GenerationSettings settings = settings_of(folder(), &generation);
  EXPECT_EQ(settings.temperature, 2.0f);
  EXPECT_EQ(settings.top_k, -1);
  EXPECT_EQ(settings.top_p, 1.0);
  EXPECT_EQ(settings.repetition_penalty, 1.0f);
  EXPECT_EQ(settings.seed, 11u);
  EXPECT_EQ(settings.stop_strings, (std::vector<std::string>{"a", "b"}));
}

TEST(GenerationSettings, AFolderThatCannotDrawIsRefusedWhenItShall) {
  GenerationConfig config = folder();
  config.temperature = 0;
  oc_generation generation = asked(false);
  EXPECT_EQ(refusal_of([&] { settings_of(config, &generation); }), Refusal{});
  generation.draws = 1;
  EXPECT_EQ(refusal_of([&] { settings_of(config, &generation); }),
            (Refusal{OC_E_MODEL,
                     "generation_config.json: with a temperature of 0 no token can be drawn; give --temperature"}));
  generation.temperature = 1;
  EXPECT_EQ(refusal_of([&] { settings_of(config, &generation); }), Refusal{});
}

}  // namespace

}  // namespace ocellus::models
