// Softmax attention in blocks of query rows: memory is linear in the number of keys, and the rows that somebody wants
// to see are read out of the block at hand. The arithmetic is the same whether or not rows are read.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "plugins/models/common/transformer/knockout.hpp"
#include "plugins/models/common/transformer/row_reader.hpp"

namespace ocellus::models {

enum class Mask { none, causal };

class BlockedAttention {
 public:
  // Queries of one block.
  static constexpr int64_t block_rows = 128;
  // Keys of a causal block come in steps of this many: oneDNN compiles and keeps code for every size of a product, half
  // a MiB and a millisecond for each.
  static constexpr int64_t key_step = 512;

  // softmax(q k^T * scale) v for q [Hq, Tq, d] and k, v [Hkv, Tk, d], all of one type; query head j reads key head
  // j / (Hq / Hkv). With Mask::causal query i sees the keys 0 .. Tk - Tq + i. Returns [Tq, Hq * d].
  // `knockout`: attention that is blocked; all else is computed as without it. Not thread-safe: the buffers belong to
  // this object.
  at::Tensor operator()(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale, Mask mask,
                        RowReader* reader = nullptr, const Knockout* knockout = nullptr);

  // The same over n_segments runs of `length` rows that do not see each other, in one batched call and without a mask:
  // q, k, v [n_segments * length, H, d] to [n_segments * length, H * d].
  at::Tensor over_segments(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t length, double scale);

  // Bytes of the buffers for these sizes on the CPU, rows being read.
  static uint64_t buffer_bytes(int64_t heads, int64_t keys, at::ScalarType type);
  // For Model::describe.
  static std::string description(const at::TensorOptions& options);

 private:
  struct Block;
  at::Tensor mix(const Block& block, RowReader* reader);
  at::Tensor mix_by_head(const Block& block, RowReader* reader);
  at::Tensor mix_by_operators(const Block& block, RowReader* reader);

  at::Tensor scores_, scaled_, probabilities_, weights_;  // one-dimensional, grown when needed
};

}  // namespace ocellus::models
