#include "plugins/models/common/transformer/attention.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "plugins/models/common/transformer/products.hpp"
#include "plugins/models/common/transformer/row_kernels.hpp"

namespace ocellus::models {

namespace {

// A product of one key head that has fewer scores than this is done together with those of the others.
constexpr int64_t least_scores_of_a_product = 1 << 15;

// x [heads, rows, d] with the rows of a head one after another, as products want it: oneDNN takes other strides to its
// reference code, a thousand times slower.
at::Tensor with_dense_heads(const at::Tensor& x) {
  return x.stride(1) == x.size(2) && x.stride(2) == 1 ? x : x.contiguous();
}

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

// Queries first .. first+rows-1 of all heads, and at least the keys that one of them sees.
struct BlockedAttention::Block {
  int64_t first, rows, heads, keys;
  at::Tensor q;           // [kv_heads, group * rows, d]: query heads of one key head are just more rows
  at::Tensor k, v;        // [kv_heads, keys, d]
  int64_t visible, step;  // row i sees its first visible + i * step keys
  double scale;
  int64_t largest;  // elements of the largest block's scores
  const Knockout* knockout;

  // Of the heads first_head, first_head + 1, ..., [heads, rows, keys].
  void knock_out(const at::Tensor& scores, int64_t first_head) const {
    if (knockout != nullptr) models::knock_out(scores, *knockout, {first_head, first, visible, step});
  }
};

at::Tensor BlockedAttention::operator()(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
                                        Mask mask, RowReader* reader, const Knockout* knockout) {
  const int64_t heads = q.size(0), queries = q.size(1), width = q.size(2);
  const int64_t kv_heads = k.size(0), group = heads / kv_heads;
  const at::Tensor keys_by_head = with_dense_heads(k), values_by_head = with_dense_heads(v);
  const bool has_loops = row_kernels::take(q);
  at::Tensor out = at::empty({queries, heads * width}, q.options());
  for (int64_t first = 0; first < queries; first += block_rows) {
    const int64_t rows = std::min(block_rows, queries - first);
    const int64_t seen_by_first = k.size(1) - queries + first + 1;
    const bool causal = mask == Mask::causal;
    const int64_t seen = causal ? seen_by_first + rows - 1 : k.size(1);
    const int64_t keys = has_loops ? std::min(k.size(1), (seen + key_step - 1) / key_step * key_step) : seen;
    const Block block{.first = first,
                      .rows = rows,
                      .heads = heads,
                      .keys = keys,
                      .q = q.narrow(1, first, rows).reshape({kv_heads, group * rows, width}),
                      .k = keys_by_head.narrow(1, 0, keys),
                      .v = values_by_head.narrow(1, 0, keys),
                      .visible = causal ? seen_by_first : seen,
                      .step = causal ? 1 : 0,
                      .scale = scale,
                      .largest = heads * std::min(block_rows, queries) * k.size(1),
                      .knockout = knockout};
    RowReader* const wanting = reader != nullptr && reader->wants(first, rows) ? reader : nullptr;
    const bool by_head = products::library_for(q.options()) == products::Library::onednn &&
                         q.scalar_type() == at::kFloat && group * rows * keys >= least_scores_of_a_product;
    const at::Tensor mixed = !has_loops ? mix_by_operators(block, wanting)
                             : by_head  ? mix_by_head(block, wanting)
                                        : mix(block, wanting);
    out.view({queries, heads, width}).narrow(0, first, rows).copy_(mixed.view({heads, rows, width}).transpose(0, 1));
  }
  return out;
}

// All heads in one call of each kind.
at::Tensor BlockedAttention::mix(const Block& block, RowReader* reader) {
  const at::TensorOptions options = block.q.options();
  const bool is_float = block.q.scalar_type() == at::kFloat;
  const at::Tensor scores = view_of(scores_, block.largest, {block.q.size(0), block.q.size(1), block.keys}, options);
  at::Tensor into = scores;
  at::bmm_out(into, block.q, block.k.transpose(1, 2));
  const at::Tensor by_head = scores.view({block.heads, block.rows, block.keys});
  block.knock_out(by_head, 0);
  float* probabilities = nullptr;
  if (reader != nullptr && !is_float) {
    probabilities =
        view_of(probabilities_, block.largest, scores.sizes(), options.dtype(at::kFloat)).mutable_data_ptr<float>();
  }
  row_kernels::softmax(by_head, block.scale, block.visible, block.step, probabilities);
  if (reader != nullptr) {
    reader->read(
        {is_float ? scores.const_data_ptr<float>() : probabilities, block.heads, block.first, block.rows, block.keys});
  }
  return at::bmm(scores, block.v);
}

// One key head after another, by the products of weights.
at::Tensor BlockedAttention::mix_by_head(const Block& block, RowReader* reader) {
  const int64_t kv_heads = block.q.size(0), group = block.heads / kv_heads;
  at::Tensor probabilities;
  if (reader != nullptr) {
    probabilities = view_of(probabilities_, block.largest, {kv_heads, block.q.size(1), block.keys}, block.q.options());
  }
  // The products make their own results, larger from block to block. Memory for the largest, taken and freed, leaves a
  // place that all of them fit into.
  at::empty({block.largest / kv_heads}, block.q.options());
  const at::Tensor mixed = at::empty_like(block.q, at::MemoryFormat::Contiguous);
  for (int64_t head = 0; head < kv_heads; ++head) {
    const at::Tensor scores = products::with_transposed(block.q.select(0, head), block.k.select(0, head));
    const at::Tensor by_head = scores.view({group, block.rows, block.keys});
    block.knock_out(by_head, head * group);
    float* const seen = reader != nullptr ? probabilities.select(0, head).mutable_data_ptr<float>() : nullptr;
    row_kernels::softmax(by_head, block.scale, block.visible, block.step, seen);
    mixed.select(0, head).copy_(products::with_transposed(scores, block.v.select(0, head).t()));
  }
  if (reader != nullptr) {
    reader->read({probabilities.const_data_ptr<float>(), block.heads, block.first, block.rows, block.keys});
  }
  return mixed;
}

// For devices and types that have no loops of ours.
at::Tensor BlockedAttention::mix_by_operators(const Block& block, RowReader* reader) {
  const at::TensorOptions options = block.q.options(), float_options = options.dtype(at::kFloat);
  const bool is_float = block.q.scalar_type() == at::kFloat;
  const int64_t kv_heads = block.q.size(0), all_rows = block.q.size(1);
  const auto buffer = [&](at::Tensor& kept, const at::TensorOptions& of) {
    return view_of(kept, block.largest, {kv_heads, all_rows, block.keys}, of);
  };
  at::Tensor scores = buffer(scores_, options);
  at::bmm_out(scores, block.q, block.k.transpose(1, 2));
  at::Tensor scaled = scores;
  if (!is_float) {
    scaled = buffer(scaled_, float_options);
    scaled.copy_(scores);
  }
  scaled.mul_(block.scale);
  if (block.step > 0 && block.rows > 1) {
    const at::Tensor later = at::ones({block.rows, block.rows}, options.dtype(at::kBool)).triu_(1);
    scaled.view({block.heads, block.rows, block.keys})
        .narrow(2, block.keys - block.rows, block.rows)
        .masked_fill_(later, -std::numeric_limits<float>::infinity());
  }
  block.knock_out(scaled.view({block.heads, block.rows, block.keys}), 0);
  at::Tensor probabilities = buffer(probabilities_, float_options);
  at::_softmax_out(probabilities, scaled, -1, false);
  if (reader != nullptr) {
    const at::Tensor seen = probabilities.cpu();  // the same tensor if it is there already
    reader->read({seen.const_data_ptr<float>(), block.heads, block.first, block.rows, block.keys});
  }
  at::Tensor weights = probabilities;
  if (!is_float) {
    weights = buffer(weights_, options);
    weights.copy_(probabilities);
  }
  return at::bmm(weights, block.v);
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

uint64_t BlockedAttention::buffer_bytes(int64_t heads, int64_t keys, at::ScalarType type) {
  const uint64_t tile = static_cast<uint64_t>(heads) * block_rows * static_cast<uint64_t>(keys);
  const size_t item = c10::elementSize(type);
  const bool has_loops = type == at::kFloat || type == at::kBFloat16;
  return tile * (has_loops ? sizeof(float) + item : 2 * (sizeof(float) + item));
}

std::string BlockedAttention::description(const at::TensorOptions& options) {
  const std::string blocks = "blocked, " + std::to_string(block_rows) + " rows";
  const bool loops = options.device().is_cpu() && options.dtype() != at::kHalf;
  return blocks + (loops ? std::string(", softmax ") + row_kernels::instructions() : ", libtorch's softmax");
}

}  // namespace ocellus::models
