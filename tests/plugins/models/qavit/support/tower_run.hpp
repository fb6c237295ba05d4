// The towers of tests/data/qavit, and what is seen of them while they run.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/text_encoder/text_encoder.hpp"
#include "plugins/models/common/text_encoder/weights.hpp"
#include "plugins/models/qavit/tower.hpp"
#include "plugins/models/qavit/tower_weights.hpp"
#include "tests/plugins/models/support/model_fixture.hpp"

namespace ocellus::test {

// Of one call of the kernel.
struct KeptAttention : models::RowReader {
  using Rows = std::map<std::pair<int64_t, int64_t>, std::vector<float>>;  // by (head, row)

  explicit KeptAttention(Rows& rows) : rows_(rows) {}
  bool wants(int64_t, int64_t) const override { return true; }
  void read(const models::AttentionTile& tile) override {
    for (int64_t head = 0; head < tile.heads; ++head) {
      for (int64_t row = 0; row < tile.rows; ++row) {
        const auto values = tile.row(head, row);
        rows_[{head, tile.first_row + row}].assign(values.begin(), values.end());
      }
    }
  }

 private:
  Rows& rows_;
};

// What one pass of a tower lets see.
struct TowerRun {
  std::vector<std::pair<int64_t, at::Tensor>> hidden;                    // (blocks, states) as they came
  std::map<std::pair<int64_t, int64_t>, KeptAttention::Rows> attention;  // by (block, first token of the image)
  int polls = 0;
  at::Tensor result;

  // `reads`: whether rows of attention are looked at.
  models::ClipTower::Observer observer(bool reads = true) {
    return {.before_block = [this] { ++polls; },
            .reader_of = [this, reads](int64_t block, int64_t first) -> std::unique_ptr<models::RowReader> {
              if (!reads) return nullptr;
              return std::make_unique<KeptAttention>(attention[{block, first}]);
            },
            .hidden = [this](int64_t blocks, const at::Tensor& x) { hidden.emplace_back(blocks, x); }};
  }
  // Of all numbers of blocks, one after another.
  std::vector<float> all_hidden() const {
    std::vector<float> values;
    for (const auto& [blocks, x] : hidden) {
      const std::vector<float> part = models::floats_of(x);
      values.insert(values.end(), part.begin(), part.end());
    }
    return values;
  }
};

struct TowerFixture : ModelFixture {
  explicit TowerFixture(const std::string& name, at::ScalarType type = at::kFloat)
      : ModelFixture("qavit", name), config(read_config(model_folder)), type_(type) {
    const models::Checkpoint checkpoint = models::Checkpoint::open(model_folder);
    weights_ =
        models::match_weights(checkpoint.tensors(), qavit::tower_table(config), qavit::tower_table_name, model_folder);
    tower = std::make_unique<qavit::Tower>(config, models::WeightLoader(weights_, at::TensorOptions(type)));
  }
  static qavit::TowerConfig read_config(const std::filesystem::path& folder) {
    const nlohmann::json content = models::read_json_object(folder / "config.json");
    return qavit::read_tower_config(models::JsonFields(content, "config.json"));
  }

  int questions() const { return info["questions"]; }
  bool has_question() const { return has("ids_0"); }
  // States of question k by the folder's own encoder; undefined for a plain CLIP.
  at::Tensor question(int k) const {
    if (!has_question()) return {};
    const std::filesystem::path place = model_folder / "question_encoder";
    const nlohmann::json content = models::read_json_object(place / "config.json");
    const auto encoder = models::read_text_encoder_config(models::JsonFields(content, "config.json"));
    const models::Checkpoint checkpoint = models::Checkpoint::open(place);
    const models::WeightMap weights = models::match_text_encoder(checkpoint.tensors(), encoder, place);
    const auto ids = expected("ids_" + std::to_string(k)).as<int64_t>();
    return (*models::make_text_encoder(encoder, models::WeightLoader(weights, at::TensorOptions(type_))))(ids);
  }
  at::Tensor pixels() const {
    const NpyArray& stored = expected("pixel_values");
    return at::tensor(at::ArrayRef<float>(stored.as<float>().data(), stored.as<float>().size())).view(stored.shape);
  }
  // All blocks.
  TowerRun run(const at::Tensor& of_pixels, const at::Tensor& question, bool reads = true) const {
    TowerRun run;
    models::BlockedAttention attention;
    run.result = (*tower)(tower->embed(of_pixels), 0, config.vision.layers, question, attention, run.observer(reads));
    return run;
  }
  TowerRun run(int k = 0) const { return run(pixels(), question(k)); }

  qavit::TowerConfig config;
  std::unique_ptr<qavit::Tower> tower;

 private:
  at::ScalarType type_;
  models::WeightMap weights_;
};

}  // namespace ocellus::test
