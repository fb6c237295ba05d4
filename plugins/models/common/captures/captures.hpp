// Serves the merged plan: picks what was asked for out of what the network computes, and hands it to the host.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <functional>
#include <ocellus/sdk/model.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugins/models/common/captures/mass_record.hpp"
#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/transformer/row_reader.hpp"

namespace ocellus::models {

// What a model can be asked for.
struct ServedStacks {
  std::string model;  // its id, for sentences
  int64_t decoder_layers = 0, decoder_heads = 0, vocabulary = 0;
  int64_t tower_heads = 0;
  int64_t feature_blocks = 0;                  // of the tower, which the features come out of
  std::vector<int64_t> full_attention_blocks;  // of the tower, sorted: those whose rows can be read
  bool tower_hidden = false;                   // hidden states of the tower can be read, not only its features
};

// Throws Error(OC_E_UNSUPPORTED) for a probe that this model does not serve.
void check_plan(const oc_merged_plan& plan, const ServedStacks& served);

// Rows are numbered as in the layout; the row of generation step k >= 1 is prompt length - 1 + k. Layers of the
// decoder's hidden states go from 0, the embeddings, to the number of its layers, the output of the final norm.
class Captures {
  struct Probe;

 public:
  // Gives rows [rows, width] of float32 for rows counted from the first of the call.
  using Rows = std::function<std::vector<float>(std::span<const int64_t> rows)>;
  enum class Stack { language, vision, projector };

  // All but `prepared` are borrowed. Throws as check_plan.
  Captures(const oc_merged_plan& plan, const Sink& sink, const ServedStacks& served, const PreparedSample& prepared);

  // Decoder layers that prompt rows must pass; nothing if no probe needs the decoder.
  std::optional<int64_t> decoder_layers() const;
  // The same of the tower's blocks, for probes of the tower and of the features.
  std::optional<int64_t> tower_blocks() const;
  // Whether anything is asked of the tower's blocks before `block`, or of the states that enter these.
  bool reads_tower_before(int64_t block) const;

  void inputs(const PreparedSample& prepared) const;
  // The projector's rows: all image features, [count, width].
  void features(int64_t count, int64_t width, const Rows& rows) const;
  // All rows of the tower in layer `layer`, where 0 is what enters the first block.
  void tower_hidden(int64_t layer, int64_t count, int64_t width, const Rows& rows) const;
  // The decoder's rows first .. first+count-1, of which those asked for are fetched and delivered.
  void hidden(int64_t layer, int64_t first, int64_t count, int64_t width, const Rows& rows) const;
  void logits(int64_t first, int64_t count, const Rows& rows) const;
  bool wants_logits(int64_t first, int64_t count) const;

  // The prompt's first part are the tokens before Prompt::prefix. Looks up in `record` what is asked for of it; false
  // if something is not there, or is asked of the tower.
  bool find_first_part(const MassRecord& record);
  // What was found, of one layer.
  void deliver_first_part(int64_t layer, const MassRecord& record) const;
  // Keeps in `record`, from now on, what is delivered of the first part.
  void record_first_part(MassRecord& record);

  // Reads attention rows of one layer in a call of the kernel whose query 0 is the stack's row `first_row`, and whose
  // keys are the `guests`, which may be none, and then the stack's tokens from `first_key` on. Tokens that are no keys
  // of the call have probability 0.
  class AttentionReader final : public RowReader {
   public:
    AttentionReader(const Captures& captures, Stack stack, int64_t layer, int64_t first_row, int64_t first_key,
                    TokenRun guests = {0, 0})
        : captures_(captures),
          stack_(stack),
          layer_(layer),
          first_row_(first_row),
          first_key_(first_key),
          guests_(guests) {}
    bool wants(int64_t first_row, int64_t rows) const override;
    void read(const AttentionTile& tile) override;

   private:
    void deliver_rows(const oc_merged_probe& wish, std::span<const int64_t> rows, const AttentionTile& tile) const;
    void deliver_mass(const Probe& probe, std::span<const int64_t> rows, const AttentionTile& tile) const;
    int64_t n_guests() const { return guests_.end - guests_.begin; }
    // The place of a token among the call's keys; one outside them for a token that is no key.
    int64_t place_of(int64_t token) const {
      const bool is_guest = token >= guests_.begin && token < guests_.end;
      return is_guest ? token - guests_.begin : token < first_key_ ? -1 : token - first_key_ + n_guests();
    }

    const Captures& captures_;
    Stack stack_;
    int64_t layer_, first_row_, first_key_;
    TokenRun guests_;
  };

 private:
  enum class Kind { attention, mass, hidden, logits, input };
  struct Probe {
    Kind kind;
    Stack stack;  // means nothing for an input
    const oc_merged_probe* wish;
    std::vector<std::vector<TokenRun>> groups = {};  // the wish's key groups, neighbours in one run
    std::optional<size_t> entry = std::nullopt;      // in a record of the first part

    bool reads_attention(Stack of, int64_t layer) const;
  };
  friend void check_plan(const oc_merged_plan& plan, const ServedStacks& served);

  static Probe recognise(const oc_merged_probe& wish, const ServedStacks& served);
  int64_t tokens(Stack stack) const;
  // Rows of [first, first + count) that the probe asks for, counted from `first`.
  std::vector<int64_t> wanted_rows(const Probe& probe, int64_t first, int64_t count) const;
  void deliver(Kind kind, Stack stack, int64_t layer, int64_t first, int64_t count, int64_t width,
               const Rows& rows) const;
  // What a probe asks of the first part, if that is masses and anything at all.
  std::optional<MassRecord::Wish> first_part_of(const Probe& probe) const;
  void deliver_mass(const Probe& probe, int64_t layer, std::span<const int64_t> rows, std::vector<float> values) const;

  const Sink& sink_;
  const ServedStacks& served_;
  int64_t prompt_tokens_, prefix_, tower_tokens_, features_;
  std::vector<Probe> probes_;
  MassRecord* record_ = nullptr;  // that is kept in
};

}  // namespace ocellus::models
