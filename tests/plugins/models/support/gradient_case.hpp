// Cases of tests/data/gradients and tests/data/relevancy, for the model that the tests are compiled for.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/plugins/models/support/gradients.hpp"
#include "tests/plugins/models/support/model_fixture.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"
#include "tests/plugins/models/support/tested_model.hpp"

namespace ocellus::test {

inline double largest_of(std::span<const float> values) {
  double largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(static_cast<double>(value)));
  return largest;
}

// That of tests/data/gradients with two pictures.
inline std::string gradient_case_of_two_images() {
  for (const std::string& name : cases_of_tested_model("gradients")) {
    if (name.ends_with("two_images")) return name;
  }
  throw std::logic_error("no case in tests/data/gradients has two images");
}

// Ready to take gradients.
struct GradientCase {
  ModelFixture fixture;
  std::unique_ptr<Model> model;
  std::unique_ptr<Conversation> conversation;
  RecordingSink layout;
  std::unique_ptr<Model::Prepared> prepared;
  int64_t layers, prompt_tokens;
  std::vector<int64_t> answer, image_tokens;
  std::vector<float> noise;
  size_t draws = 0;

  GradientCase(const std::string& folder, const std::string& name, uint32_t threads = 1)
      : fixture(folder, name),
        model(open_tested_model(fixture.model_folder, {.threads = threads})),
        conversation(fixture.conversation()),
        layers(model->stacks()[0].n_layers),
        prompt_tokens(fixture.info.at("prompt_tokens").get<int64_t>()) {
    prepared = model->prepare(conversation->sample(), layout.sink());
    model->load();
    const auto longs = [&](const char* key) {
      const auto values = fixture.expected(key).as<int64_t>();
      return std::vector<int64_t>(values.begin(), values.end());
    };
    answer = longs("answer_ids");
    image_tokens = longs("image_tokens");
    if (!fixture.has("noise")) return;
    const auto values = fixture.expected("noise").as<float>();
    noise.assign(values.begin(), values.end());
    draws = static_cast<size_t>(fixture.expected("noise").shape.front());
  }

  Gradients& gradients() { return dynamic_cast<Gradients&>(*model); }

  // The whole answer for a target, under all draws.
  GradientWish wish() const {
    GradientWish wish{.layers = up_to(layers + 1), .rows = image_tokens, .targets = {}};
    // An answer that the prompt has already needs no continuation.
    if (layout.layouts.at("language").tokens == prompt_tokens) wish.continuation = answer;
    for (size_t k = 0; k < answer.size(); ++k)
      wish.targets.push_back({prompt_tokens - 1 + static_cast<int64_t>(k), answer[k]});
    for (uint32_t draw = 0; draw < draws; ++draw) wish.draws.push_back(noise_of(draw));
    return wish;
  }

  oc_noise noise_of(uint32_t draw) const {
    oc_noise of{};
    of.struct_size = sizeof of;
    of.space = OC_NOISE_MODEL;
    of.std = fixture.info.at("noise_std").get<double>();
    of.limit = fixture.info.at("clamp").get<double>();
    of.n_values = noise.size() / draws;
    of.values = noise.data() + draw * of.n_values;
    return of;
  }

  std::span<const float> expected(const std::string& key, size_t draw, int64_t site) const {
    const NpyArray& array = fixture.expected(key);
    const auto values = array.as<float>();
    const size_t of_site = values.size() / static_cast<size_t>(array.shape[0] * array.shape[1]);
    return values.subspan((draw * static_cast<size_t>(array.shape[1]) + static_cast<size_t>(site)) * of_site, of_site);
  }

  std::unique_ptr<GradientSink> run(const GradientWish& of) {
    auto sink = std::make_unique<GradientSink>();
    run_gradients(gradients(), *prepared, of, *sink);
    return sink;
  }
};

}  // namespace ocellus::test
