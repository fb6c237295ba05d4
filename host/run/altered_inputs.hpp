// A sample whose pictures were altered before the model sees them: what the model then says of the answer. All that the
// model is asked for are the rows of logits that produce the answer's tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/run/answer_rows.hpp"
#include "host/run/model.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

// An answer that altered inputs are given.
struct AnswerGiven {
  std::string text;
  std::vector<int64_t> generated = {};  // the tokens that it is the text of; none = it was not generated
  std::optional<int64_t> stop = {};     // the stop token behind them, if its row is wanted too

  // What a sample was answered, without the stop token.
  static AnswerGiven of(const Answer& answer);
};

class AlteredInputs {
 public:
  // `answer`: the rows of its tokens are wanted; none = the prompt alone, and the row that produces the first token. It
  // is given as a text, in one pass over the prompt; if that does not come back as the tokens generated, these are
  // forced step by step on models that can be forced. Others are borrowed.
  AlteredInputs(const PreparedSample& ready, Model& model, std::optional<AnswerGiven> answer);

  // The pictures of input `index`; [any] thread.
  using Pictures = std::function<std::vector<media::Picture>(size_t index)>;
  // The logits that produce token `token` of the answer, for input `index`.
  using OnRow = std::function<void(size_t index, size_t token, std::span<const float> logits)>;

  // Shows the model inputs 0 ... n - 1, one after another; each is prepared while the one before runs.
  void operator()(size_t n, const Pictures& pictures, const OnRow& on_row);

  // From now on the rows of these tokens alone; sorted, at least one.
  void select(std::vector<int64_t> tokens) { rows_.select(std::move(tokens)); }

  // The pictures as they are.
  const std::vector<media::Picture>& pictures() const { return pictures_; }
  // Of the answer as the model is given it, and the stop token if it is wanted.
  const std::vector<int64_t>& answer_ids() const { return rows_.ids(); }
  // Whether those are the tokens that were generated; true of an answer that was not.
  bool is_as_generated() const { return is_as_generated_; }

  // Held at one time for so many rows, beside the model's own.
  static uint64_t bytes(const PreparedSample& ready, const Model& model, uint64_t rows);

 private:
  struct Input {
    Model::Prepared prepared;
    services::LayoutBook layouts;
  };
  Input prepare(const std::vector<media::Picture>& pictures) const;

  Model& model_;
  Sample sample_;
  std::vector<media::Picture> pictures_;
  AnswerRows rows_;
  bool is_as_generated_ = true;
};

}  // namespace ocellus::run
