// Carries captures from the model to the methods: cuts each wish's part out of a merged capture, and keeps a row that
// produced a token back until the token is known to belong to the answer.
#pragma once

#include <ocellus/abi/model.h>

#include <functional>
#include <map>
#include <memory>
#include <ocellus/sdk/tensor.hpp>
#include <vector>

#include "host/plan/merge.hpp"
#include "host/plan/wish.hpp"

namespace ocellus::plan {

class Router {
 public:
  // Called with a capture whose `probe` is the wish's own id; throws to stop the run.
  using Deliver = std::function<void(const Wish& wish, const oc_capture& capture)>;

  // `draws`: of a pass of gradients, which variant each draw is; a wish is given its own variant's captures.
  Router(const std::vector<Wish>& wishes, const std::vector<Merged>& merged, int64_t prompt_tokens, Deliver deliver,
         std::vector<uint32_t> draws = {})
      : wishes_(wishes),
        merged_(merged),
        prompt_tokens_(prompt_tokens),
        deliver_(std::move(deliver)),
        draws_(std::move(draws)) {}

  // A capture of merged probe `capture.probe`. Throws Error(OC_E_INTERNAL) on one that nobody asked for.
  void capture(const oc_capture& capture, TensorPointer tensor);

  // The model chose a token: releases the rows kept for it; if it is the stop token, only to those who want that too.
  void step(const oc_step& step);

  // After the last step: throws Error(OC_E_SAMPLE) if an answer token that was asked for does not exist.
  void finish() const;

  uint64_t delivered_bytes() const { return delivered_bytes_; }

 private:
  // A wish's share of a capture, cut to its heads, rows, keys or groups.
  struct Piece {
    const Wish* wish;
    int32_t layer;
    Indices heads, rows, keys;
    TensorPointer tensor;
  };
  void send(const Piece& piece);
  TensorPointer cut(const Wish& wish, const Merged& merged, const oc_capture& capture, const TensorPointer& tensor,
                    const std::vector<size_t>& row_places, Indices& keys) const;

  const std::vector<Wish>& wishes_;
  const std::vector<Merged>& merged_;
  int64_t prompt_tokens_;
  Deliver deliver_;
  std::vector<uint32_t> draws_;
  std::multimap<int64_t, Piece> waiting_;  // by answer token
  int64_t answer_tokens_ = 0;
  uint64_t delivered_bytes_ = 0;
};

}  // namespace ocellus::plan
