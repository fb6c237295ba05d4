// Serves the merged plan: picks what was asked for out of what the network computes, and hands it to the host.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <functional>
#include <ocellus/sdk/model.hpp>
#include <optional>
#include <span>
#include <vector>

#include "plugins/models/common/transformer/row_reader.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/prepared_sample.hpp"

namespace ocellus::qwen2_5_vl {

// Rows are numbered as in the layout; the row of generation step k >= 1 is prompt length - 1 + k. Layers of hidden
// states go from 0, the embeddings, to the number of decoder layers, the output of the final norm.
class Captures {
 public:
  // Gives rows [rows, width] of float32 for rows counted from the first of the call.
  using Rows = std::function<std::vector<float>(std::span<const int64_t> rows)>;

  // `plan` and `sink` are borrowed. Throws Error(OC_E_UNSUPPORTED) for a probe that this model does not serve.
  Captures(const oc_merged_plan& plan, const Sink& sink, const Config& config, int64_t prompt_tokens);

  // Decoder layers that prompt rows must pass; nothing if no probe needs the decoder.
  std::optional<int64_t> decoder_layers() const;
  bool wants_vision() const;

  void inputs(const PreparedSample& prepared) const;
  void vision_features(int64_t count, int64_t width, const Rows& rows) const;
  // The rows first .. first+count-1, of which those asked for are fetched and delivered.
  void hidden(int64_t layer, int64_t first, int64_t count, int64_t width, const Rows& rows) const;
  void logits(int64_t first, int64_t count, const Rows& rows) const;
  bool wants_logits(int64_t first, int64_t count) const;

  // Reads attention rows of one layer, where query 0 of the kernel's call is row `first`.
  class AttentionReader final : public models::RowReader {
   public:
    AttentionReader(const Captures& captures, int64_t layer, int64_t first)
        : captures_(captures), layer_(layer), first_(first) {}
    bool wants(int64_t first_row, int64_t rows) const override;
    void read(const models::AttentionTile& tile) override;

   private:
    const Captures& captures_;
    int64_t layer_, first_;
  };

 private:
  enum class Kind { attention, mass, hidden, vision, logits, input };
  struct Probe {
    Kind kind;
    const oc_merged_probe* wish;
  };

  Probe recognise(const oc_merged_probe& wish) const;
  // Rows of [first, first + count) that the probe asks for, counted from `first`.
  std::vector<int64_t> wanted_rows(const oc_merged_probe& wish, int64_t first, int64_t count) const;
  void deliver_rows(Kind kind, int64_t layer, int64_t first, int64_t count, int64_t width, const Rows& rows) const;
  void deliver_attention(const oc_merged_probe& wish, int64_t layer, int64_t first, std::span<const int64_t> rows,
                         const models::AttentionTile& tile) const;
  void deliver_mass(const oc_merged_probe& wish, int64_t layer, int64_t first, std::span<const int64_t> rows,
                    const models::AttentionTile& tile) const;

  const Sink& sink_;
  int64_t prompt_tokens_, decoder_layers_, heads_, vocabulary_;
  std::vector<Probe> probes_;
};

}  // namespace ocellus::qwen2_5_vl
