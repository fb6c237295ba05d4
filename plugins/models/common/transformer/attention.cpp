#include "plugins/models/common/transformer/attention.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace ocellus::models {

namespace {

// `buffer` seen as a tensor of `shape`, grown to `capacity` elements first if it is too small: the largest tile of the
// call at once, not tile by tile.
at::Tensor view_of(at::Tensor& buffer, int64_t capacity, at::IntArrayRef shape, const at::TensorOptions& options) {
  if (!buffer.defined() || buffer.numel() < capacity || buffer.dtype() != options.dtype()) {
    buffer.reset();  // before the larger one is made
    buffer = at::empty({capacity}, options);
  }
  return buffer.narrow(0, 0, shape[0] * shape[1] * shape[2]).view(shape);
}

}  // namespace

at::Tensor BlockedAttention::operator()(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
                                        Mask mask, RowReader* reader) {
  const int64_t heads = q.size(0), queries = q.size(1), width = q.size(2);
  const int64_t kv_heads = k.size(0), group = heads / kv_heads;
  const at::TensorOptions options = q.options(), float_options = options.dtype(at::kFloat);
  const bool is_float = q.scalar_type() == at::kFloat;
  const int64_t largest = heads * std::min(block_rows, queries) * k.size(1);
  at::Tensor out = at::empty({queries, heads * width}, options);

  for (int64_t first = 0; first < queries; first += block_rows) {
    const int64_t rows = std::min(block_rows, queries - first);
    const int64_t keys = mask == Mask::causal ? k.size(1) - queries + first + rows : k.size(1);
    const at::Tensor visible_keys = k.narrow(1, 0, keys), visible_values = v.narrow(1, 0, keys);
    // Query heads of one key head stand one after another, so they are just more rows of the same product.
    const at::Tensor block = q.narrow(1, first, rows).reshape({kv_heads, group * rows, width});

    at::Tensor scores = view_of(scores_, largest, {kv_heads, group * rows, keys}, options);
    at::bmm_out(scores, block, visible_keys.transpose(1, 2));
    at::Tensor scaled = scores;
    if (!is_float) {
      scaled = view_of(scaled_, largest, {kv_heads, group * rows, keys}, float_options);
      scaled.copy_(scores);
    }
    scaled.mul_(scale);
    if (mask == Mask::causal && rows > 1) {
      const at::Tensor later = at::ones({rows, rows}, options.dtype(at::kBool)).triu_(1);
      scaled.view({heads, rows, keys})
          .narrow(2, keys - rows, rows)
          .masked_fill_(later, -std::numeric_limits<float>::infinity());
    }
    at::Tensor probabilities = view_of(probabilities_, largest, {kv_heads, group * rows, keys}, float_options);
    at::_softmax_out(probabilities, scaled, -1, false);
    if (reader != nullptr && reader->wants(first, rows)) {
      const at::Tensor seen = probabilities.cpu();  // the same tensor if it is there already
      reader->read({seen.const_data_ptr<float>(), heads, first, rows, keys});
    }
    at::Tensor weights = probabilities;
    if (!is_float) {
      weights = view_of(weights_, largest, {kv_heads, group * rows, keys}, options);
      weights.copy_(probabilities);
    }
    const at::Tensor mixed = at::bmm(weights, visible_values).view({heads, rows, width});
    out.view({queries, heads, width}).narrow(0, first, rows).copy_(mixed.transpose(0, 1));
  }
  return out;
}

at::Tensor BlockedAttention::over_segments(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                           int64_t length, double scale) {
  const int64_t segments = q.size(0) / length, heads = q.size(1), width = q.size(2);
  const auto batched = [&](const at::Tensor& x) {
    return x.view({segments, length, heads, width}).transpose(1, 2).reshape({segments * heads, length, width});
  };
  const at::Tensor out = (*this)(batched(q), batched(k), batched(v), scale, Mask::none);  // [length, segments*heads*d]
  return out.view({length, segments, heads * width}).transpose(0, 1).reshape({segments * length, heads * width});
}

uint64_t BlockedAttention::buffer_bytes(int64_t heads, int64_t keys, size_t item_size) {
  const uint64_t tile = static_cast<uint64_t>(heads) * block_rows * static_cast<uint64_t>(keys);
  return tile * (item_size == sizeof(float) ? 2 * sizeof(float) : 2 * sizeof(float) + 2 * item_size);
}

}  // namespace ocellus::models
