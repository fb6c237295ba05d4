#include "plugins/models/common/transformer/attention_gradient.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "plugins/models/common/transformer/products.hpp"
#include "plugins/models/common/transformer/row_kernels.hpp"

namespace ocellus::models {

namespace {

constexpr int64_t block_rows = BlockedAttention::block_rows;

// a [heads, m, k] b^T for b [heads, n, k], by the products that BlockedAttention has for the type. a's rows are dense;
// b is dense or the transpose of a dense tensor.
at::Tensor with_transposed(const at::Tensor& a, const at::Tensor& b) {
  const bool one_by_one =
      products::library_for(a.options()) == products::Library::onednn && a.scalar_type() == at::kFloat;
  if (!one_by_one) return at::bmm(a, b.transpose(1, 2));
  std::vector<at::Tensor> of_heads;
  for (int64_t head = 0; head < a.size(0); ++head)
    of_heads.push_back(products::with_transposed(a.select(0, head), b.select(0, head)));
  return at::stack(of_heads);
}

// Rows first .. first+rows-1 of x [T, Hq, d] as [Hkv, group * rows, d].
at::Tensor block_of(const at::Tensor& x, int64_t kv_heads, int64_t first, int64_t rows) {
  return x.narrow(0, first, rows).transpose(0, 1).reshape({kv_heads, -1, x.size(2)});
}

// What the rows of a block see: row i its first `visible` + i * `step` keys.
struct Sight {
  int64_t visible, step;
};

// Probabilities of a block. `exact`, if not null, becomes the same in float32, before any cast.
at::Tensor softmax(at::Tensor scores, int64_t heads, int64_t rows, double scale, const Sight& sight,
                   at::Tensor* exact) {
  const int64_t keys = scores.size(2);
  if (row_kernels::take(scores)) {
    float* before_cast = nullptr;
    if (exact != nullptr && scores.scalar_type() != at::kFloat) {
      *exact = at::empty(scores.sizes(), scores.options().dtype(at::kFloat));
      before_cast = exact->mutable_data_ptr<float>();
    }
    row_kernels::softmax(scores.view({heads, rows, keys}), scale, sight.visible, sight.step, before_cast);
    if (exact != nullptr && before_cast == nullptr) *exact = scores;
    return scores;
  }
  const at::Tensor scaled = scores.to(at::kFloat).mul_(scale);
  if (sight.step > 0) {
    const at::Tensor later = at::ones({rows, keys}, scores.options().dtype(at::kBool)).triu_(sight.visible);
    scaled.view({heads, rows, keys}).masked_fill_(later, -std::numeric_limits<float>::infinity());
  }
  const at::Tensor probabilities = at::softmax(scaled, -1);
  if (exact != nullptr) *exact = probabilities;
  return probabilities.to(scores.scalar_type());
}

// Rows from `first` on of a block that holds `rows` of them: both tensors are [Hkv, group * rows, keys].
void show(GradientReader& reader, const at::Tensor& probabilities, const at::Tensor& gradient, int64_t heads,
          int64_t first, int64_t rows, double factor) {
  const at::Tensor seen = probabilities.cpu(), slopes = gradient.to(at::kFloat).cpu().contiguous();
  reader.read(
      {{seen.const_data_ptr<float>(), heads, first, rows, seen.size(2)}, slopes.const_data_ptr<float>(), factor});
}

at::Tensor softmax_gradient(const at::Tensor& probabilities, at::Tensor gradient, const at::Tensor& along,
                            int64_t heads, int64_t rows, double scale, const Sight& sight) {
  const int64_t keys = gradient.size(2);
  if (row_kernels::take(gradient)) {
    row_kernels::softmax_gradient(probabilities.view({heads, rows, keys}), gradient.view({heads, rows, keys}), along,
                                  scale, sight.visible, sight.step);
    return gradient;
  }
  const at::Tensor centred = gradient.to(at::kFloat).sub_(along.unsqueeze(-1));
  return centred.mul_(probabilities).mul_(scale).to(gradient.scalar_type());
}

}  // namespace

AttentionGradients attention_gradient(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                      const at::Tensor& mixed, const at::Tensor& gradient, double scale, Mask mask,
                                      GradientReader* reader, double factor) {
  const int64_t heads = q.size(0), n_queries = q.size(1), width = q.size(2), kv_heads = k.size(0);
  const int64_t n_keys = k.size(1);
  const bool causal = mask == Mask::causal;
  const at::Tensor keys_by_head = k.contiguous(), values_by_head = v.contiguous();
  const at::Tensor queries = q.transpose(0, 1), results = mixed.view({n_queries, heads, width}),
                   wanted = gradient.view({n_queries, heads, width});
  const at::TensorOptions floats = q.options().dtype(at::kFloat);
  const at::Tensor dq = at::empty({n_queries, heads, width}, q.options());
  // Transposed, [Hkv, d, Tk], as the products give them.
  const at::Tensor dk = at::zeros({kv_heads, width, n_keys}, floats), dv = at::zeros_like(dk);
  for (int64_t first = 0; first < n_queries; first += block_rows) {
    const int64_t rows = std::min(block_rows, n_queries - first);
    const int64_t seen = causal ? first + rows : n_keys;
    const int64_t keys = std::min(
        n_keys, (seen + BlockedAttention::key_step - 1) / BlockedAttention::key_step * BlockedAttention::key_step);
    const Sight sight = causal ? Sight{first + 1, 1} : Sight{n_keys, 0};
    const at::Tensor q_block = block_of(queries, kv_heads, first, rows);
    const at::Tensor g_block = block_of(wanted, kv_heads, first, rows);
    const at::Tensor k_block = keys_by_head.narrow(1, 0, keys), v_block = values_by_head.narrow(1, 0, keys);
    // Sum of gradient * probability over the keys = gradient of the row's result times the result.
    const at::Tensor along = (g_block.to(at::kFloat) * block_of(results, kv_heads, first, rows)).sum(-1).contiguous();

    const bool is_read = reader != nullptr && reader->wants(first, rows);
    at::Tensor exact;  // before any cast
    const at::Tensor probabilities =
        softmax(with_transposed(q_block, k_block), heads, rows, scale, sight, is_read ? &exact : nullptr);
    at::Tensor of_probabilities = with_transposed(g_block, v_block);
    if (is_read) show(*reader, exact, of_probabilities, heads, first, rows, factor);
    const at::Tensor scores_gradient =
        softmax_gradient(probabilities, std::move(of_probabilities), along, heads, rows, scale, sight);
    const at::Tensor dq_block = with_transposed(scores_gradient, k_block.transpose(1, 2));
    dq.narrow(0, first, rows).copy_(dq_block.view({heads, rows, width}).transpose(0, 1));
    dk.narrow(2, 0, keys).add_(with_transposed(q_block.transpose(1, 2).contiguous(), scores_gradient.transpose(1, 2)));
    dv.narrow(2, 0, keys).add_(with_transposed(g_block.transpose(1, 2).contiguous(), probabilities.transpose(1, 2)));
  }
  const auto by_token = [&](const at::Tensor& x) { return x.permute({2, 0, 1}).to(q.scalar_type()).contiguous(); };
  return {dq, by_token(dk), by_token(dv)};
}

uint64_t attention_gradient_bytes(int64_t heads, int64_t kv_heads, int64_t tokens, int64_t head_dim, int64_t item) {
  // Scores, probabilities' gradient and a product's copy of the largest block; keys and values dense, and the sums.
  const int64_t tile = heads * block_rows * tokens * 4 * item, floats = sizeof(float);
  return static_cast<uint64_t>(tile + kv_heads * tokens * head_dim * (4 * item + 4 * floats) +
                               2 * heads * tokens * head_dim * item);
}

uint64_t read_gradient_bytes(int64_t heads, int64_t tokens) {
  // Both in float32, where they are not; and what is handed on of them.
  return static_cast<uint64_t>(4 * heads * block_rows * tokens) * sizeof(float);
}

}  // namespace ocellus::models
