#include "plugins/models/common/decoder/execution.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/decoder/knockout_plan.hpp"
#include "plugins/models/common/decoder/tensor_options.hpp"
#include "plugins/models/common/generation/stop_strings.hpp"
#include "plugins/models/common/generation/token_chooser.hpp"
#include "plugins/models/common/transformer/memory.hpp"
#include "plugins/models/common/transformer/runtime_errors.hpp"

namespace ocellus::models {

namespace {

// One sample on its way through the network.
class Run {
 public:
  Run(const NetworkParts& parts, const TextConfig& text, const Generation& generation, const ServedStacks& served,
      const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink, const Tower& tower)
      : parts_(parts),
        text_(text),
        generation_(generation),
        served_(served),
        prepared_(prepared),
        sink_(sink),
        tower_(tower),
        captures_(plan, sink, served, prepared),
        knockout_(plan.knockout, prepared.tokens()),
        forced_(plan.forced),
        device_(parts.decoder.device()),
        settings_(settings_of(generation.config, plan.generation)),
        max_new_tokens_(plan.max_new_tokens) {}

  void operator()() {
    captures_.inputs(prepared_);
    const std::optional<int64_t> layers =
        max_new_tokens_ > 0 ? std::optional(text_.layers) : captures_.decoder_layers();
    // What this run does not take over is gone before it takes memory.
    std::optional<ComputedPrefix> prefix = std::exchange(parts_.prefix, std::nullopt);
    if (!layers || !prefix || !can_take_over(*prefix, *layers)) prefix.reset();

    at::Tensor last;
    if (prefix) {
      cache_ = std::move(prefix->cache).with_capacity(capacity(), prepared_.prompt.prefix);
      last = pass(embedded_rest(), *layers, &prefix->masses);
    } else {
      const at::Tensor features = tower_features(layers.has_value());
      if (!layers) return;
      cache_ = parts_.decoder.make_cache(capacity());
      if (has_two_parts()) captures_.record_first_part(masses_);
      last = pass(embedded_prompt(features), *layers);
    }
    if (max_new_tokens_ > 0) generate(last);
    if (!has_two_parts() || knockout_.acts_before(prepared_.prompt.prefix)) return;
    if (prefix) {
      prefix->cache = std::move(*cache_);
    } else {
      prefix.emplace(prepared_, *layers, std::move(*cache_), std::move(masses_));
    }
    parts_.prefix = std::move(prefix);
  }

 private:
  // Logits of this many rows are computed together, counted from the first of the pass, so that the numbers of a row do
  // not depend on which others are asked for.
  static constexpr int64_t logit_rows = 32;

  // Tokens first, first + 1, ... on their way through the decoder.
  struct Chunk {
    int64_t first;
    at::Tensor rows;  // [count, hidden_size]
    RotaryTable rotary;
  };

  int64_t capacity() const { return prepared_.tokens() + max_new_tokens_; }
  bool has_two_parts() const { return prepared_.prompt.prefix > 0 && prepared_.prompt.prefix < prepared_.tokens(); }

  bool can_take_over(const ComputedPrefix& prefix, int64_t layers) {
    return has_two_parts() && !knockout_.acts_before(prepared_.prompt.prefix) && prefix.layers >= layers &&
           prefix.begins(prepared_) && captures_.find_first_part(prefix.masses);
  }

  // What the decoder is given in place of image tokens, if it is given anything.
  at::Tensor tower_features(bool for_decoder) {
    const std::optional<int64_t> blocks =
        std::max(for_decoder ? std::optional(served_.feature_blocks) : std::nullopt, captures_.tower_blocks());
    if (prepared_.tower_tokens == 0 || !blocks) return {};
    const at::Tensor features = tower_(*blocks, captures_);
    if (!features.defined()) return {};
    require_finite(features, "image tower");
    captures_.features(features.size(0), features.size(1), rows_of(features));
    return features;
  }

  // The prompt's two parts, image features in place.
  std::vector<Chunk> embedded_prompt(const at::Tensor& features) {
    const at::Tensor embedded =
        embedded_tokens(parts_.decoder, prepared_.prompt.ids, prepared_.prompt.images, features);
    const int64_t tokens = prepared_.tokens(), prefix = prepared_.prompt.prefix;
    std::vector<Chunk> chunks;
    for (const auto& [first, end] : {std::pair{int64_t{0}, prefix}, std::pair{prefix, tokens}}) {
      if (first < end) chunks.push_back(chunk(first, embedded.narrow(0, first, end - first)));
    }
    return chunks;
  }

  // The second part, where no images are.
  std::vector<Chunk> embedded_rest() {
    const int64_t prefix = prepared_.prompt.prefix;
    const std::vector<int64_t> ids(prepared_.prompt.ids.begin() + prefix, prepared_.prompt.ids.end());
    return {chunk(prefix, embedded_tokens(parts_.decoder, ids, {}, {}))};
  }

  Chunk chunk(int64_t first, const at::Tensor& rows) {
    const at::Tensor positions = longs_on(device_, prepared_.positions.axes).view({-1, prepared_.tokens()});
    return {first, rows, parts_.decoder.rotary(positions.narrow(1, first, rows.size(0)))};
  }

  // Takes the chunks through `layers` layers, all of them through one layer before the next: so captures come in the
  // order of layers, and each weight is read once. `taken_over`: of a first part that is not among the chunks. Logits
  // of the last row, if that was all layers and it is a row that produces a token.
  at::Tensor pass(std::vector<Chunk> chunks, int64_t layers, const MassRecord* taken_over = nullptr) {
    for (int64_t layer = 0; layer < layers; ++layer) {
      if (taken_over != nullptr) captures_.deliver_first_part(layer, *taken_over);
      for (Chunk& chunk : chunks) {
        sink_.stop_if_cancelled();
        capture_hidden(layer, chunk.first, chunk.rows);
        Captures::AttentionReader reader(captures_, Captures::Stack::language, layer, chunk.first, 0);
        const std::optional<Knockout> blocked = knockout_.of(layer, chunk.first, chunk.rows.size(0));
        chunk.rows = parts_.decoder.layer(layer, chunk.rows, chunk.rotary, chunk.first, *cache_, parts_.attention,
                                          &reader, blocked ? &*blocked : nullptr);
      }
    }
    at::Tensor last;
    for (const Chunk& chunk : chunks) {
      require_finite(chunk.rows, "decoder");
      if (layers < text_.layers) {
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
    const Prompt& prompt = prepared_.prompt;
    TokenChooser chooser(settings_, prompt.is_penalised ? prompt.ids : std::vector<int64_t>());
    StopStrings stop_strings(settings_.stop_strings);
    for (uint32_t step = 0;; ++step) {
      std::vector<float> values = floats_of(last);
      const Choice choice = forced_ != nullptr ? chooser.take(forced_[step], values) : chooser.next(values);
      const auto& ends = settings_.end_tokens;
      const bool is_stop = std::find(ends.begin(), ends.end(), choice.token) != ends.end();
      const bool strips_space = step == 0 && generation_.tokenizer.strips_space(choice.token);
      sink_.step({sizeof(oc_step), step, choice.token, is_stop, strips_space, choice.log_probability});
      if (step + 1 == max_new_tokens_) return;
      if (forced_ == nullptr && (is_stop || stop_strings.end_with(text_of(choice.token, strips_space)))) return;
      const at::Tensor positions =
          longs_on(device_, std::vector(text_.rope_sections.size(), prepared_.positions.next + step)).view({-1, 1});
      Chunk chunk{prepared_.tokens() + step, parts_.decoder.embed(longs_on(device_, {choice.token})),
                  parts_.decoder.rotary(positions)};
      last = pass({std::move(chunk)}, text_.layers);
    }
  }

  // What a token adds to the answer's text.
  std::string text_of(int64_t token, bool strips_space) const {
    const bool has_text = token < static_cast<int64_t>(generation_.tokenizer.size());
    std::string bytes = has_text ? generation_.tokenizer.bytes(token) : std::string();
    if (strips_space && bytes.starts_with(' ')) bytes.erase(0, 1);
    return bytes;
  }

  const NetworkParts& parts_;
  const TextConfig& text_;
  const Generation& generation_;
  const ServedStacks& served_;
  const PreparedSample& prepared_;
  const Sink& sink_;
  const Tower& tower_;
  Captures captures_;
  KnockoutPlan knockout_;
  const int64_t* forced_;  // the answer's tokens; NULL = they are chosen
  at::Device device_;
  GenerationSettings settings_;
  uint32_t max_new_tokens_;
  std::optional<KvCache> cache_;
  MassRecord masses_;  // of the first part, as it is computed
};

}  // namespace

std::vector<float> floats_of(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kCPU, at::kFloat).contiguous();
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

at::Tensor longs_on(const at::Device& device, const std::vector<int64_t>& values) {
  return at::tensor(values, at::kLong).to(device);
}

at::Tensor embedded_tokens(const TextDecoder& decoder, const std::vector<int64_t>& ids,
                           std::span<const ImageRun> images, const at::Tensor& features, int64_t copies) {
  // Ids of images need not be tokens.
  at::Tensor x = decoder.embed(longs_on(decoder.device(), ids).clamp_min(0));
  if (copies > 1) x = x.repeat({copies, 1});
  int64_t feature = 0;
  for (int64_t copy = 0; copy < copies; ++copy) {
    const int64_t first = copy * static_cast<int64_t>(ids.size());
    for (const ImageRun& image : images) {
      const int64_t count = image.end - image.begin;
      x.narrow(0, first + image.begin, count).copy_(features.narrow(0, feature, count));
      feature += count;
    }
  }
  return x;
}

Captures::Rows rows_of(const at::Tensor& tensor) {
  return [tensor](std::span<const int64_t> rows) {
    const at::Tensor wanted = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
    return floats_of(tensor.index_select(0, wanted.to(tensor.device())));
  };
}

void require_finite(const at::Tensor& x, const char* of) {
  if (x.scalar_type() != at::kHalf || at::isfinite(x).all().item<bool>()) return;
  throw Error(OC_E_SAMPLE,
              std::string("numbers of the ") + of + " leave the range of float16; take --dtype bfloat16 or float32");
}

void prepare_runtime(Device device) {
  if (device.cuda) {
    at::globalContext().setAllowFP16ReductionCuBLAS(false);
    at::globalContext().setAllowBF16ReductionCuBLAS(false);
  }
  keep_freed_memory();
}

void execute_sample(const NetworkParts& parts, const TextConfig& text, const Generation& generation,
                    const ServedStacks& served, const PreparedSample& prepared, const oc_merged_plan& plan,
                    const Sink& sink, const Tower& tower) {
  const c10::InferenceMode no_autograd;
  with_translated_errors([&] { Run(parts, text, generation, served, prepared, plan, sink, tower)(); });
}

}  // namespace ocellus::models
