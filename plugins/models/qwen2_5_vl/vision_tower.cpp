#include "plugins/models/qwen2_5_vl/vision_tower.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "plugins/models/qwen2_5_vl/windows.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

constexpr double norm_eps = 1e-6;    // a constant of the class, not of the configuration
constexpr double rope_base = 10000;  // likewise

at::Tensor index_tensor(const std::vector<int64_t>& indices) {
  return at::tensor(indices, at::kLong);
}

}  // namespace

// Which rows attend to each other.
struct VisionTower::Segments {
  struct Equal {  // segments of one length, for one batched call
    int64_t length;
    at::Tensor rows;
  };
  std::vector<Equal> windows;
  std::vector<int64_t> frames;

  explicit Segments(const WindowOrder& order) : frames(order.frame_patches) {
    std::map<int64_t, std::vector<int64_t>> rows_by_length;
    int64_t row = 0;
    for (const int64_t length : order.window_patches) {
      for (const int64_t end = row + length; row < end; ++row) rows_by_length[length].push_back(row);
    }
    for (const auto& [length, rows] : rows_by_length) windows.push_back({length, index_tensor(rows)});
  }
};

VisionTower::VisionTower(const VisionConfig& config, const WeightLoader& weights)
    : config_(config),
      patch_embedding_(weights.tensor("visual.patch_embed.proj.weight").view({config.hidden_size, -1})),
      merger_norm_(weights.norm("visual.merger.ln_q", norm_eps)),
      merger_in_(weights.linear("visual.merger.mlp.0")),
      merger_out_(weights.linear("visual.merger.mlp.2")) {
  for (int64_t i = 0; i < config.depth; ++i) {
    const std::string prefix = "visual.blocks." + std::to_string(i) + ".";
    const auto& full = config.full_attention_blocks;
    blocks_.push_back({weights.norm(prefix + "norm1", norm_eps), weights.norm(prefix + "norm2", norm_eps),
                       weights.linear(prefix + "attn.qkv"), weights.linear(prefix + "attn.proj"),
                       weights.mlp(prefix + "mlp"), std::find(full.begin(), full.end(), i) != full.end()});
  }
}

models::RotaryTable VisionTower::rotary(std::span<const PatchGrid> grids, const std::vector<int64_t>& units) const {
  const int64_t merge = config_.merge_size;
  std::vector<float> rows, columns;  // of every patch in raster order of units
  for (const PatchGrid& grid : grids) {
    for (int64_t unit = 0; unit < grid.units(config_); ++unit) {
      const int64_t place = unit % (grid.units(config_) / grid.frames), units_wide = grid.width / merge;
      for (int64_t inner = 0; inner < config_.patches_per_unit(); ++inner) {
        rows.push_back(static_cast<float>(place / units_wide * merge + inner / merge));
        columns.push_back(static_cast<float>(place % units_wide * merge + inner % merge));
      }
    }
  }
  const at::Tensor frequencies = models::inverse_frequencies(config_.head_dim / 2, rope_base);
  const at::Tensor angles =
      at::cat({at::outer(at::tensor(rows), frequencies), at::outer(at::tensor(columns), frequencies)}, -1);
  const at::Tensor in_order =
      angles.view({-1, config_.patches_per_unit(), angles.size(1)}).index_select(0, index_tensor(units));
  return models::RotaryTable::of(in_order.view({-1, angles.size(1)}), at::kFloat);
}

at::Tensor VisionTower::attend(const Block& block, const at::Tensor& x, const models::RotaryTable& rotary,
                               const Segments& segments, models::BlockedAttention& attention) const {
  const int64_t rows = x.size(0), heads = config_.heads, width = config_.head_dim;
  const std::vector<at::Tensor> qkv = block.qkv(x).view({rows, 3, heads, width}).unbind(1);
  const at::Tensor q = rotary.rotate(qkv[0]).to(x.scalar_type());
  const at::Tensor k = rotary.rotate(qkv[1]).to(x.scalar_type());
  const at::Tensor v = qkv[2].contiguous();
  const double scale = std::pow(static_cast<double>(width), -0.5);
  at::Tensor out = at::empty({rows, heads * width}, x.options());
  if (block.full_attention) {
    int64_t first = 0;
    for (const int64_t length : segments.frames) {
      const auto part = [&](const at::Tensor& y) { return y.narrow(0, first, length).transpose(0, 1); };
      out.narrow(0, first, length).copy_(attention(part(q), part(k), part(v), scale, models::Mask::none));
      first += length;
    }
    return out;
  }
  for (const auto& [length, indices] : segments.windows) {
    const auto part = [&](const at::Tensor& y) { return y.index_select(0, indices); };
    out.index_copy_(0, indices, attention.over_segments(part(q), part(k), part(v), length, scale));
  }
  return out;
}

at::Tensor VisionTower::operator()(const at::Tensor& pixels, std::span<const PatchGrid> grids,
                                   models::BlockedAttention& attention,
                                   const std::function<void()>& before_block) const {
  const WindowOrder order = window_order(grids, config_);
  const Segments segments(order);
  const models::RotaryTable table = rotary(grids, order.units);
  const at::Tensor units = index_tensor(order.units);

  const at::Tensor patches = at::linear(pixels.to(patch_embedding_.scalar_type()), patch_embedding_);
  at::Tensor x =
      patches.view({-1, config_.patches_per_unit(), config_.hidden_size}).index_select(0, units).view_as(patches);
  for (const Block& block : blocks_) {
    before_block();
    x = x + block.projection(attend(block, block.norm1(x), table, segments, attention));
    x = x + block.mlp(block.norm2(x));
  }
  const at::Tensor merged = merger_norm_(x).view({-1, config_.patches_per_unit() * config_.hidden_size});
  return merger_out_(at::gelu(merger_in_(merged))).index_select(0, at::argsort(units));
}

}  // namespace ocellus::qwen2_5_vl
