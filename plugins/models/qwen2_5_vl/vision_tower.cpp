#include "plugins/models/qwen2_5_vl/vision_tower.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <string>

#include "plugins/models/qwen2_5_vl/windows.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

constexpr double norm_eps = 1e-6;    // a constant of both classes, not of the configuration
constexpr double rope_base = 10000;  // likewise

at::Tensor index_tensor(const std::vector<int64_t>& indices, const at::Device& device) {
  return at::tensor(indices, at::kLong).to(device);
}

}  // namespace

// Which patches attend to each other.
struct VisionTower::Segments {
  struct Equal {  // windows of one length, for one batched call
    int64_t length;
    at::Tensor patches;
  };
  std::vector<Equal> windows;
  std::vector<int64_t> frames;  // patches of each frame of each image

  // `by_unit` from patches_by_unit.
  Segments(std::span<const PatchGrid> grids, const VisionConfig& vision, const std::vector<int64_t>& by_unit,
           const at::Device& device) {
    for (const PatchGrid& grid : grids) {
      frames.insert(frames.end(), static_cast<size_t>(grid.frames), grid.height * grid.width);
    }
    if (static_cast<int64_t>(vision.full_attention_blocks.size()) == vision.depth) return;
    const WindowOrder order = window_order(grids, vision);
    std::map<int64_t, std::vector<int64_t>> patches_by_length;
    auto unit = order.units.begin();
    for (const int64_t length : order.window_patches) {
      std::vector<int64_t>& patches = patches_by_length[length];
      for (const auto end = unit + length / vision.patches_per_unit(); unit != end; ++unit) {
        const auto first = by_unit.begin() + *unit * vision.patches_per_unit();
        patches.insert(patches.end(), first, first + vision.patches_per_unit());
      }
    }
    for (const auto& [length, patches] : patches_by_length) windows.push_back({length, index_tensor(patches, device)});
  }
};

VisionTower::VisionTower(const VisionConfig& config, const models::WeightLoader& weights)
    : config_(config),
      patch_embedding_(weights.tensor("visual.patch_embed.proj.weight").view({config.hidden_size, -1})),
      merger_in_(weights.linear("visual.merger.mlp.0")),
      merger_out_(weights.linear("visual.merger.mlp.2")) {
  const bool is_first = config.family == Family::qwen2_vl;
  const auto norm = [&](const std::string& name) {
    return is_first ? Layer(weights.layer_norm(name, norm_eps)) : Layer(weights.norm(name, norm_eps));
  };
  const auto mlp = [&](const std::string& name) {
    return is_first ? Layer(weights.two_layer_mlp(name, models::Activation::quick_gelu)) : Layer(weights.mlp(name));
  };
  for (int64_t i = 0; i < config.depth; ++i) {
    const std::string prefix = "visual.blocks." + std::to_string(i) + ".";
    blocks_.push_back({norm(prefix + "norm1"), norm(prefix + "norm2"), weights.linear(prefix + "attn.qkv"),
                       weights.linear(prefix + "attn.proj"), mlp(prefix + "mlp")});
  }
  merger_norm_ = norm("visual.merger.ln_q");
}

models::RotaryTable VisionTower::rotary(std::span<const PatchGrid> grids) const {
  std::vector<float> rows, columns;  // of every patch
  for (const PatchGrid& grid : grids) {
    for (int64_t patch = 0; patch < grid.patches(); ++patch) {
      rows.push_back(static_cast<float>(patch / grid.width % grid.height));
      columns.push_back(static_cast<float>(patch % grid.width));
    }
  }
  const at::Tensor frequencies = models::inverse_frequencies(config_.head_dim / 2, rope_base);
  const at::Tensor angles =
      at::cat({at::outer(at::tensor(rows), frequencies), at::outer(at::tensor(columns), frequencies)}, -1);
  return models::RotaryTable::of(angles.to(patch_embedding_.device()), at::kFloat);
}

at::Tensor VisionTower::attend(int64_t index, const at::Tensor& x, const models::RotaryTable& rotary,
                               const Segments& segments, models::BlockedAttention& attention,
                               const ReaderOf& reader_of) const {
  const Block& block = blocks_[static_cast<size_t>(index)];
  const int64_t rows = x.size(0), heads = config_.heads, width = config_.head_dim;
  const std::vector<at::Tensor> qkv = block.qkv(x).view({rows, 3, heads, width}).unbind(1);
  const at::Tensor q = rotary.rotate(qkv[0]);
  const at::Tensor k = rotary.rotate(qkv[1]);
  const at::Tensor v = qkv[2].contiguous();
  const double scale = std::pow(static_cast<double>(width), -0.5);
  at::Tensor out = at::empty({rows, heads * width}, x.options());
  if (config_.is_full(index)) {
    int64_t first = 0;
    for (const int64_t length : segments.frames) {
      const auto part = [&](const at::Tensor& y) { return y.narrow(0, first, length).transpose(0, 1); };
      const std::unique_ptr<models::RowReader> reader = reader_of(index, first);
      out.narrow(0, first, length).copy_(attention(part(q), part(k), part(v), scale, models::Mask::none, reader.get()));
      first += length;
    }
    return out;
  }
  for (const auto& [length, patches] : segments.windows) {
    const auto part = [&](const at::Tensor& y) { return y.index_select(0, patches); };
    out.index_copy_(0, patches, attention.over_segments(part(q), part(k), part(v), length, scale));
  }
  return out;
}

at::Tensor VisionTower::operator()(const at::Tensor& pixels, std::span<const PatchGrid> grids, int64_t blocks,
                                   models::BlockedAttention& attention, const BeforeBlock& before_block,
                                   const ReaderOf& reader_of) const {
  const std::vector<int64_t> order = patches_by_unit(grids, config_);
  const at::Device device = patch_embedding_.device();
  const Segments segments(grids, config_, order, device);
  const models::RotaryTable table = rotary(grids);
  const at::Tensor by_unit = index_tensor(order, device);

  const at::Tensor embedded = at::linear(pixels.to(patch_embedding_.scalar_type()), patch_embedding_);
  at::Tensor x = at::empty_like(embedded).index_copy_(0, by_unit, embedded);
  for (int64_t index = 0; index < blocks; ++index) {
    before_block();
    const Block& block = blocks_[static_cast<size_t>(index)];
    x = x + block.projection(attend(index, block.norm1(x), table, segments, attention, reader_of));
    x = x + block.mlp(block.norm2(x));
  }
  if (blocks < config_.depth) return {};
  const at::Tensor units = merger_norm_(x).index_select(0, by_unit).view({-1, merger_in_.in_features()});
  return merger_out_(at::gelu(merger_in_(units)));
}

}  // namespace ocellus::qwen2_5_vl
