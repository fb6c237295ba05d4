#include "tests/plugins/renderers/mp4/support/made_steps.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tests/support/fake_host.hpp"
#include "tests/support/png.hpp"

namespace ocellus::test {
namespace {

constexpr int64_t kImageSegment = 5, kQuestionSegment = 4, kAnswerSegment = 8, kSpecialSegment = 9;

struct Tokens {
  std::vector<int64_t> segment, image, group, offsets;
  std::string text;

  int64_t size() const { return static_cast<int64_t>(group.size()); }
  void add(const std::string& piece, int64_t of_segment, int64_t of_image = -1, int n = 1) {
    const int64_t unit = group.empty() ? 0 : group.back() + 1;
    for (int i = 0; i < n; ++i) {
      segment.push_back(of_segment);
      image.push_back(of_image);
      group.push_back(unit);
      offsets.push_back(static_cast<int64_t>(text.size()));
      offsets.push_back(static_cast<int64_t>(text.size() + piece.size()));
    }
    text += piece;
  }
};

}  // namespace

void commit(const FakeHost& host, const MadeSteps& made) {
  Tokens tokens;
  for (size_t k = 0; k < made.images.size(); ++k) {
    const auto [rows, columns] = made.images[k];
    tokens.add("<|image_pad|>", kImageSegment, static_cast<int64_t>(k), rows * columns);
  }
  for (const std::string& piece : made.prompt) tokens.add(piece, kQuestionSegment);
  const int64_t prompt_tokens = tokens.size();
  for (const std::string& piece : made.answer) tokens.add(piece, kAnswerSegment);
  if (made.stops) tokens.add("", kSpecialSegment);
  const int64_t n = tokens.size();

  std::vector<int64_t> shown, rows, is_stop;
  const int64_t n_generated = n - prompt_tokens;
  for (int64_t k = 0; k < n_generated - (made.upstream ? 1 : 0); ++k) {
    shown.push_back(prompt_tokens + k);
    rows.push_back(shown.back() - (made.upstream ? 0 : 1));
    is_stop.push_back(made.stops && shown.back() == n - 1 ? 1 : 0);
  }
  const auto n_layers = static_cast<int64_t>(made.layers.size()), n_steps = static_cast<int64_t>(shown.size());

  // A tenth on the cells, nine on words, the later the more.
  std::vector<float> weights, log_probability(shown.size(), std::log(0.5F));
  std::vector<std::vector<float>> images(made.images.size());
  for (const int64_t layer : made.layers) {
    for (size_t step = 0; step < shown.size(); ++step) {
      std::vector<float> row(static_cast<size_t>(n), 0.0F);
      size_t token = 0;
      for (size_t k = 0; k < made.images.size(); ++k) {
        const auto [r, c] = made.images[k];
        for (int cell = 0; cell < r * c; ++cell, ++token) {
          row[token] = cell == MadeSteps::hot_cell(step, layer, r, c) ? 0.1F : 0.0F;
          images[k].push_back(row[token]);
        }
      }
      for (; token <= static_cast<size_t>(rows[step]); ++token) row[token] = 0.01F * static_cast<float>(token % 7);
      weights.insert(weights.end(), row.begin(), row.end());
    }
  }

  ArtifactWriter artifact = host.artifact("token-steps/1", -1);
  artifact.tensor("ids", std::vector<int64_t>(static_cast<size_t>(n), 7), {n})
      .tensor("segment", std::move(tokens.segment), {n})
      .tensor("image", std::move(tokens.image), {n})
      .tensor("group", std::move(tokens.group), {n})
      .tensor("offsets", std::move(tokens.offsets), {n, 2})
      .text("text", tokens.text)
      .number("prompt_tokens", static_cast<double>(prompt_tokens))
      .tensor("layers", std::vector<int64_t>(made.layers), {n_layers})
      .text("alignment", made.upstream ? "upstream" : "produced")
      .tensor("tokens", std::move(shown), {n_steps})
      .tensor("rows", std::move(rows), {n_steps})
      .tensor("is_stop", std::move(is_stop), {n_steps})
      .tensor("log_probability", std::move(log_probability), {n_steps})
      .tensor("weights", std::move(weights), {n_layers, n_steps, n})
      .number("images", static_cast<double>(made.images.size()))
      .text("heads", "mean");
  for (size_t k = 0; k < made.images.size(); ++k) {
    const auto [r, c] = made.images[k];
    artifact.tensor(fmt::format("image{}", k).c_str(), std::move(images[k]), {n_layers, n_steps, r, c})
        .tensor(fmt::format("image{}.cells", k).c_str(), cells(r, c), {r, c, 4});
  }
  artifact.commit();
}

}  // namespace ocellus::test
