#include "plugins/methods/raw_attention/token_steps.hpp"

#include <algorithm>

#include "plugins/methods/raw_attention/token_text.hpp"

namespace ocellus::methods {
namespace {

// What is told of each token of the sequence.
struct TokenTable {
  std::vector<int64_t> ids, segments, images;
  TokenText text;
};

TokenTable table_of(const Run& run) {
  const oc_layout& layout = run.layout("language");
  TokenTable table;
  table.ids.assign(layout.token_ids, layout.token_ids + layout.n_tokens);
  for (const oc_segment& segment : run.segments("language")) {
    const int64_t count = segment.end - segment.begin;
    table.segments.insert(table.segments.end(), static_cast<size_t>(count), segment.kind);
    table.images.insert(table.images.end(), static_cast<size_t>(count), segment.image);
    if (segment.image >= 0) {
      table.text.add_together(count, run.token_bytes(layout.token_ids[segment.begin]));
      continue;
    }
    for (int64_t token = segment.begin; token < segment.end; ++token) {
      const bool is_stop = segment.kind == OC_SEGMENT_SPECIAL && token >= run.prompt_tokens();
      if (is_stop) {
        table.text.add_together(1, "");
      } else {
        table.text.add(run.token_bytes(layout.token_ids[token]));
      }
    }
  }
  table.text.finish();
  return table;
}

// [layers, steps, rows, cols] of the columns of `weights`, which is [layers x steps, tokens].
std::vector<float> at_cells(const Run& run, const oc_grid& grid, const std::vector<float>& weights, int64_t tokens) {
  std::vector<int64_t> columns;
  for (const oc_cell& cell : run.cells("language")) {
    if (cell.image == grid.image) columns.push_back(cell.token);
  }
  std::vector<float> values;
  values.reserve(weights.size() / static_cast<size_t>(tokens) * columns.size());
  for (size_t line = 0; line < weights.size(); line += static_cast<size_t>(tokens)) {
    for (const int64_t column : columns) values.push_back(weights[line + static_cast<size_t>(column)]);
  }
  return values;
}

}  // namespace

uint64_t TokenSteps::bytes(size_t layers, int64_t prompt, int64_t steps) {
  const auto tokens = static_cast<uint64_t>(prompt + steps);
  return 3 * sizeof(float) * layers * static_cast<uint64_t>(steps) * tokens;
}

void TokenSteps::add(const Capture& capture, HeadReduction heads) {
  for (size_t i = 0; i < capture.rows().size(); ++i) {
    const int64_t row = capture.rows()[i];
    const std::vector<double> values = reduce_heads(capture, i, heads);
    rows_[{capture.layer(), row}].assign(values.begin(), values.begin() + (row + 1));
  }
}

void TokenSteps::emit(const Run& run, const std::vector<std::pair<const char*, std::string>>& texts) const {
  const TokenTable table = table_of(run);
  const auto generated = run.generated();
  const auto n_tokens = static_cast<int64_t>(table.ids.size()), prompt = run.prompt_tokens();
  const auto n_layers = static_cast<int64_t>(layers_.size());
  const bool produced = alignment_ == Alignment::produced;
  std::vector<int64_t> tokens, rows, is_stop;
  std::vector<float> log_probabilities;
  for (int64_t token = prompt; token < (produced ? n_tokens : n_tokens - 1); ++token) {
    tokens.push_back(token);
    rows.push_back(produced ? token - 1 : token);
    const oc_answer_token* const of = generated.empty() ? nullptr : &generated[static_cast<size_t>(token - prompt)];
    is_stop.push_back(of != nullptr && of->is_stop != 0 ? 1 : 0);
    if (of != nullptr) log_probabilities.push_back(static_cast<float>(of->log_probability));
  }
  const auto steps = static_cast<int64_t>(tokens.size());
  std::vector<float> weights(static_cast<size_t>(n_layers * steps * n_tokens));
  auto line = weights.begin();
  for (const int64_t layer : layers_) {
    for (const int64_t row : rows) {
      const std::vector<float>& values = rows_.at({layer, row});
      std::copy(values.begin(), values.end(), line);
      line += n_tokens;
    }
  }
  const auto grids = run.grids("language");
  ArtifactWriter artifact = run.artifact("token-steps/1");
  artifact.tensor("ids", table.ids, {n_tokens})
      .tensor("segment", table.segments, {n_tokens})
      .tensor("image", table.images, {n_tokens})
      .tensor("group", table.text.groups(), {n_tokens})
      .tensor("offsets", table.text.offsets(), {n_tokens, 2})
      .tensor("layers", layers_, {n_layers})
      .tensor("tokens", std::move(tokens), {steps})
      .tensor("rows", std::move(rows), {steps})
      .tensor("is_stop", std::move(is_stop), {steps});
  if (!generated.empty()) artifact.tensor("log_probability", std::move(log_probabilities), {steps});
  for (const oc_grid& grid : grids) {
    artifact.tensor(("image" + std::to_string(grid.image)).c_str(), at_cells(run, grid, weights, n_tokens),
                    {n_layers, steps, grid.rows, grid.cols});
  }
  artifact.tensor("weights", std::move(weights), {n_layers, steps, n_tokens})
      .text("text", table.text.text())
      .text("alignment", produced ? "produced" : "upstream")
      .number("prompt_tokens", static_cast<double>(prompt))
      .number("images", static_cast<double>(grids.size()));
  for (const auto& [key, value] : texts) artifact.text(key, value);
  artifact.commit();
}

}  // namespace ocellus::methods
