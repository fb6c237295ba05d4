#include "plugins/models/qwen2_5_vl/network.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "plugins/models/common/transformer/greedy.hpp"
#include "plugins/models/common/transformer/memory.hpp"
#include "plugins/models/common/transformer/products.hpp"
#include "plugins/models/common/transformer/runtime_errors.hpp"
#include "plugins/models/qwen2_5_vl/captures.hpp"
#include "plugins/models/qwen2_5_vl/text_decoder.hpp"
#include "plugins/models/qwen2_5_vl/vision_tower.hpp"

namespace ocellus::qwen2_5_vl {

struct Network::Parts {
  VisionTower tower;
  TextDecoder decoder;
  models::BlockedAttention attention;

  explicit Parts(const Config& config, const WeightLoader& weights)
      : tower(config.vision, weights), decoder(config.text, weights) {}
};

namespace {

at::TensorOptions options_of(ComputeType type, Device device) {
  const at::ScalarType scalar = type == ComputeType::float32    ? at::kFloat
                                : type == ComputeType::bfloat16 ? at::kBFloat16
                                                                : at::kHalf;
  const auto at =
      device.cuda ? at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(*device.cuda)) : at::Device(at::kCPU);
  return at::TensorOptions(scalar).device(at);
}

std::vector<float> floats(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kCPU, at::kFloat).contiguous();
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

// Rows of `tensor` for Captures.
Captures::Rows rows_of(const at::Tensor& tensor) {
  return [tensor](std::span<const int64_t> rows) {
    const at::Tensor wanted = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
    return floats(tensor.index_select(0, wanted.to(tensor.device())));
  };
}

at::Tensor longs(const std::vector<int64_t>& values, const at::Device& device) {
  return at::tensor(values, at::kLong).to(device);
}

// Infinities stay in the residual stream, so that its end tells.
void require_finite(const at::Tensor& x, const char* of) {
  if (x.scalar_type() != at::kHalf || at::isfinite(x).all().item<bool>()) return;
  throw Error(OC_E_SAMPLE,
              std::string("numbers of the ") + of + " leave the range of float16; take --dtype bfloat16 or float32");
}

}  // namespace

// One sample on its way through the network.
class Network::Run {
 public:
  Run(const Config& config, const GenerationConfig& generation, Parts& parts, const PreparedSample& prepared,
      const oc_merged_plan& plan, const Sink& sink)
      : config_(config),
        generation_(generation),
        parts_(parts),
        prepared_(prepared),
        sink_(sink),
        captures_(plan, sink, config, prepared),
        device_(parts.decoder.device()),
        max_new_tokens_(plan.max_new_tokens) {}

  void operator()() {
    captures_.inputs(prepared_);
    const std::optional<int64_t> layers =
        max_new_tokens_ > 0 ? std::optional(config_.text.layers) : captures_.decoder_layers();
    const std::optional<int64_t> blocks = layers ? std::optional(config_.vision.depth) : captures_.tower_blocks();
    at::Tensor features;
    if (!prepared_.grids.empty() && blocks) features = vision(*blocks);
    if (!layers) return;
    cache_.emplace(parts_.decoder.make_cache(prepared_.tokens() + max_new_tokens_));
    const at::Tensor last = pass(embedded_prompt(features), *layers);
    if (max_new_tokens_ > 0) generate(last);
  }

 private:
  // Logits of this many rows are computed together, counted from the first of the pass, so that the numbers of a row do
  // not depend on which others are asked for.
  static constexpr int64_t logit_rows = 32;

  // Image features [units, hidden_size] of the decoder; undefined if `blocks` of the tower are not all.
  at::Tensor vision(int64_t blocks) {
    const at::Tensor pixels = at::from_blob(const_cast<float*>(prepared_.pixel_values.data()),
                                            {prepared_.patches(), config_.vision.patch_elements()}, at::kFloat);
    const auto reader_of = [&](int64_t block, int64_t first_patch) -> std::unique_ptr<models::RowReader> {
      return std::make_unique<Captures::AttentionReader>(captures_, Captures::Stack::vision, block, first_patch,
                                                         first_patch);
    };
    const at::Tensor features = parts_.tower(
        pixels.to(device_), prepared_.grids, blocks, parts_.attention, [&] { sink_.stop_if_cancelled(); }, reader_of);
    if (features.defined()) require_finite(features, "image tower");
    if (features.defined()) captures_.features(features.size(0), features.size(1), rows_of(features));
    return features;
  }

  // Tokens first, first + 1, ... on their way through the decoder.
  struct Chunk {
    int64_t first;
    at::Tensor rows;  // [count, hidden_size]
    models::RotaryTable rotary;
  };

  // The prompt's two parts, image features in place.
  std::vector<Chunk> embedded_prompt(const at::Tensor& features) {
    const at::Tensor embedded = parts_.decoder.embed(longs(prepared_.prompt.ids, device_));
    int64_t feature = 0;
    for (const ImageRun& image : prepared_.prompt.images) {
      const int64_t count = image.end - image.begin;
      embedded.narrow(0, image.begin, count).copy_(features.narrow(0, feature, count));
      feature += count;
    }
    const int64_t tokens = prepared_.tokens(), prefix = prepared_.prompt.prefix;
    const at::Tensor positions = longs(prepared_.positions.axes, device_).view({3, tokens});
    std::vector<Chunk> chunks;
    for (const auto& [first, end] : {std::pair{int64_t{0}, prefix}, std::pair{prefix, tokens}}) {
      if (first == end) continue;
      const int64_t count = end - first;
      chunks.push_back(
          {first, embedded.narrow(0, first, count), parts_.decoder.rotary(positions.narrow(1, first, count))});
    }
    return chunks;
  }

  // Takes the chunks through `layers` layers, all of them through one layer before the next: so captures come in the
  // order of layers, and each weight is read once. Logits of the last row, if that was all layers and it is a row that
  // produces a token.
  at::Tensor pass(std::vector<Chunk> chunks, int64_t layers) {
    for (int64_t layer = 0; layer < layers; ++layer) {
      for (Chunk& chunk : chunks) {
        sink_.stop_if_cancelled();
        capture_hidden(layer, chunk.first, chunk.rows);
        Captures::AttentionReader reader(captures_, Captures::Stack::language, layer, chunk.first, 0);
        chunk.rows =
            parts_.decoder.layer(layer, chunk.rows, chunk.rotary, chunk.first, *cache_, parts_.attention, &reader);
      }
    }
    at::Tensor last;
    for (const Chunk& chunk : chunks) {
      require_finite(chunk.rows, "decoder");
      if (layers < config_.text.layers) {
        capture_hidden(layers, chunk.first, chunk.rows);
      } else {
        const at::Tensor normed = parts_.decoder.final_norm(chunk.rows);
        capture_hidden(layers, chunk.first, normed);
        last = logits(normed, chunk.first);
      }
    }
    return last;
  }

  void capture_hidden(int64_t layer, int64_t first, const at::Tensor& x) {
    captures_.hidden(layer, first, x.size(0), x.size(1), rows_of(x));
  }

  // Logits of those rows of one chunk, first, first + 1, ..., that somebody asks for. Returns the last of them if it
  // produces a token.
  at::Tensor logits(const at::Tensor& normed, int64_t first) {
    // The row that chooses a token has its logits computed by itself, whoever else asks for them.
    const int64_t count = normed.size(0);
    const bool produces = first + count >= prepared_.tokens();
    const int64_t others = produces ? count - 1 : count;
    for (int64_t row = 0; row < others; row += logit_rows) {
      const int64_t rows = std::min(logit_rows, others - row);
      if (!captures_.wants_logits(first + row, rows)) continue;
      captures_.logits(first + row, rows, rows_of(parts_.decoder.head(normed.narrow(0, row, rows))));
    }
    if (!produces || (max_new_tokens_ == 0 && !captures_.wants_logits(first + others, 1))) return {};
    const at::Tensor last = parts_.decoder.head(normed.narrow(0, others, 1));
    captures_.logits(first + others, 1, rows_of(last));
    return last.select(0, 0);
  }

  // `last` are the logits of the last prompt row.
  void generate(at::Tensor last) {
    models::GreedyDecoder decoder(generation_.repetition_penalty, prepared_.prompt.ids);
    for (uint32_t step = 0;; ++step) {
      std::vector<float> values = floats(last);
      const models::Choice choice = decoder.next(values);
      const auto& ends = generation_.end_tokens;
      const bool is_stop = std::find(ends.begin(), ends.end(), choice.token) != ends.end();
      sink_.step({sizeof(oc_step), step, choice.token, is_stop, 0, choice.log_probability});
      if (is_stop || step + 1 == max_new_tokens_) return;
      const at::Tensor positions = longs(std::vector(3, prepared_.positions.next + step), device_).view({3, 1});
      Chunk chunk{prepared_.tokens() + step, parts_.decoder.embed(longs({choice.token}, device_)),
                  parts_.decoder.rotary(positions)};
      last = pass({std::move(chunk)}, config_.text.layers);
    }
  }

  const Config& config_;
  const GenerationConfig& generation_;
  Parts& parts_;
  const PreparedSample& prepared_;
  const Sink& sink_;
  Captures captures_;
  at::Device device_;
  uint32_t max_new_tokens_;
  std::optional<models::KvCache> cache_;
};

Device Device::parse(const std::string& name) {
  if (name == "cpu") return {};
  const std::string_view text = name, number = text.substr(std::min(text.size(), size_t{5}));
  int index = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
  const bool is_numbered = text.starts_with("cuda:") && error == std::errc() && end == number.data() + number.size();
  if (text != "cuda" && (!is_numbered || index < 0))
    throw Error(OC_E_UNSUPPORTED, "there is no device '" + name + "'; take cpu, cuda or cuda:N");
  if (!at::hasCUDA()) {
    throw Error(OC_E_UNSUPPORTED, "libtorch " TORCH_VERSION " finds no CUDA for --device " + name +
                                      ": it is built without it, or there is no driver; take --device cpu, or build "
                                      "Ocellus with a CUDA libtorch (OCELLUS_TORCH)");
  }
  const int count = torch::cuda::device_count();
  if (index >= count) {
    throw Error(OC_E_UNSUPPORTED, "there is no device '" + name + "': this machine has " + std::to_string(count) +
                                      " CUDA device" + (count == 1 ? "" : "s") + ", counted from cuda:0");
  }
  return {index};
}

Network::Network(const Config& config, const GenerationConfig& generation, const std::filesystem::path& folder,
                 ComputeType type, Device device)
    : config_(config), generation_(generation) {
  if (device.cuda) {
    // Sums in float32, as on the CPU.
    at::globalContext().setAllowFP16ReductionCuBLAS(false);
    at::globalContext().setAllowBF16ReductionCuBLAS(false);
  }
  const models::Checkpoint checkpoint = models::Checkpoint::open(folder);
  const WeightMap stored = match_weights(checkpoint, config, folder);
  models::with_translated_errors(
      [&] { parts_ = std::make_unique<Parts>(config, WeightLoader(stored, options_of(type, device))); });
  models::keep_freed_memory();
}

Network::~Network() = default;

void Network::execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink) {
  const c10::InferenceMode no_autograd;
  models::with_translated_errors([&] { Run(config_, generation_, *parts_, prepared, plan, sink)(); });
}

uint64_t Network::weight_bytes(const Config& config, ComputeType type, Device device) {
  const bool packs = models::products::library_for(options_of(type, device)) == models::products::Library::onednn;
  // Packed weights replace the stored ones; but a tied head's are the embedding's too, which stays.
  const int64_t twice = packs && config.text.tied_head ? config.text.vocabulary * config.text.hidden_size : 0;
  return static_cast<uint64_t>((parameter_count(config) + twice) * item_size(type));
}

uint64_t Network::activation_bytes(const Config& config, ComputeType type, const PreparedSample& prepared,
                                   uint32_t max_new_tokens) {
  const int64_t item = item_size(type), tokens = prepared.tokens(), patches = prepared.patches();
  const TextConfig& text = config.text;
  const VisionConfig& vision = config.vision;
  const int64_t floats = sizeof(float);
  // A layer's largest moment, by row: its MLP with four products beside residual, norm and sum, or its attention with
  // queries, keys and values before and after a rotation, which the tower does in float32.
  const auto layer = [&](int64_t width, int64_t inner, int64_t rotation_item) {
    return std::max((4 * width + 4 * inner) * item, 9 * width * item + 3 * width * rotation_item) + 2 * width * floats;
  };
  // The residual stream of all tokens, and the embeddings it came from until its last chunk has left them.
  const int64_t pass = std::max(prepared.prompt.prefix, tokens - prepared.prompt.prefix);
  const int64_t features = patches / vision.patches_per_unit() * text.hidden_size;
  const int64_t text_bytes = pass * layer(text.hidden_size, text.intermediate_size, item) +
                             (2 * tokens * text.hidden_size + features + text.vocabulary) * item;
  const int64_t vision_bytes =
      patches * (layer(vision.hidden_size, vision.intermediate_size, floats) +
                 vision.patch_elements() * (floats + (type == ComputeType::float32 ? 0 : item)));
  const int64_t cache_bytes = 2 * text.layers * (tokens + max_new_tokens) * text.kv_heads * text.head_dim * item;
  int64_t largest_frame = 0;
  for (const PatchGrid& grid : prepared.grids) largest_frame = std::max(largest_frame, grid.height * grid.width);
  const at::ScalarType scalar = options_of(type, {}).dtype().toScalarType();
  const uint64_t buffers = std::max(models::BlockedAttention::buffer_bytes(text.heads, tokens, scalar),
                                    models::BlockedAttention::buffer_bytes(vision.heads, largest_frame, scalar));
  return static_cast<uint64_t>(std::max(text_bytes + cache_bytes, vision_bytes)) + buffers;
}

std::string Network::runtime_version() {
  return TORCH_VERSION;
}

std::string Network::attention_kernel(ComputeType type, Device device) {
  return models::BlockedAttention::description(options_of(type, device));
}

std::string Network::products(ComputeType type, Device device) {
  return models::products::description(options_of(type, device));
}

int Network::threads() {
  return at::get_num_threads();
}

void Network::set_threads(uint32_t threads) {
  if (threads > 0) at::set_num_threads(static_cast<int>(threads));
}

}  // namespace ocellus::qwen2_5_vl
