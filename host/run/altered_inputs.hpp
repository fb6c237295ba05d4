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
#include "host/run/model.hpp"
#include "host/run/prepared_sample.hpp"

namespace ocellus::run {

class AlteredInputs {
 public:
  // `answer`: given to the model, and the rows of all its tokens are wanted; none = the prompt alone, and the row that
  // produces the first token. Others are borrowed.
  AlteredInputs(const PreparedSample& ready, Model& model, std::optional<std::string> answer);

  // The pictures of input `index`; [any] thread.
  using Pictures = std::function<std::vector<media::Picture>(size_t index)>;
  // The logits that produce token `token` of the answer, for input `index`.
  using OnRow = std::function<void(size_t index, size_t token, std::span<const float> logits)>;

  // Shows the model inputs 0 ... n - 1, one after another; each is prepared while the one before runs.
  void operator()(size_t n, const Pictures& pictures, const OnRow& on_row);

  // The pictures as they are.
  const std::vector<media::Picture>& pictures() const { return pictures_; }
  // Of the given answer.
  const std::vector<int64_t>& answer_ids() const { return answer_ids_; }

 private:
  struct Input {
    Model::Prepared prepared;
    services::LayoutBook layouts;
  };
  Input prepare(const std::vector<media::Picture>& pictures) const;
  void execute(const Input& input, const std::function<void(size_t token, std::span<const float> logits)>& on_row);

  Model& model_;
  Sample sample_;
  std::vector<media::Picture> pictures_;
  std::vector<int64_t> answer_ids_;
};

}  // namespace ocellus::run
