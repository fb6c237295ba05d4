#include "host/plan/router.hpp"

#include <fmt/format.h>
#include <ocellus/abi/probe.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <ocellus/sdk/error.hpp>

namespace ocellus::plan {
namespace {

std::vector<size_t> everywhere(size_t n) {
  std::vector<size_t> places(n);
  std::iota(places.begin(), places.end(), size_t{0});
  return places;
}

// Where each of `wanted` stands in `offered`. Throws if one is missing: the model then delivered less than asked.
std::vector<size_t> places_of(const Indices& wanted, const int64_t* offered, size_t n) {
  std::vector<size_t> places;
  places.reserve(wanted.size());
  for (const int64_t index : wanted) {
    const int64_t* at = std::lower_bound(offered, offered + n, index);
    if (at == offered + n || *at != index) throw Error(OC_E_INTERNAL, "the model delivered less than it was asked for");
    places.push_back(static_cast<size_t>(at - offered));
  }
  return places;
}

// Has no axes to cut.
bool is_whole(const Wish& wish) {
  return wish.kind == OC_PROBE_INPUT || wish.kind == OC_PROBE_TARGET;
}

uint64_t bytes_of(const oc_tensor& tensor) {
  uint64_t count = 1;
  for (int32_t i = 0; i < tensor.dl.ndim; ++i) count *= static_cast<uint64_t>(tensor.dl.shape[i]);
  return count * tensor.dl.dtype.bits / 8;
}

}  // namespace

void Router::capture(const oc_capture& capture, TensorPointer tensor) {
  if (capture.probe >= merged_.size() || tensor == nullptr || capture.draw >= std::max<size_t>(1, draws_.size()))
    throw Error(OC_E_INTERNAL, "a capture that nobody asked for");
  const Merged& merged = merged_[capture.probe];
  for (const size_t index : merged.wishes) {
    const Wish& wish = wishes_[index];
    if (!draws_.empty() && wish.variant != draws_[capture.draw]) continue;
    if (!wish.layers.empty() && !std::binary_search(wish.layers.begin(), wish.layers.end(), capture.layer)) continue;
    std::vector<size_t> row_places;
    Indices rows;
    for (size_t i = 0; i < capture.n_rows; ++i) {
      const int64_t row = capture.rows[i];
      const int64_t token = row - (prompt_tokens_ - 1);  // that this row produced
      const bool wanted =
          wish.answer ? token >= 0 && (wish.answer_tokens.empty() ||
                                       std::binary_search(wish.answer_tokens.begin(), wish.answer_tokens.end(), token))
                      : std::binary_search(wish.rows.begin(), wish.rows.end(), row);
      if (wanted) row_places.push_back(i), rows.push_back(row);
    }
    if (rows.empty() && !is_whole(wish)) continue;
    if (wish.answer) {
      // One piece a row, since each row waits for its own token.
      for (size_t i = 0; i < rows.size(); ++i) {
        Piece piece{&wish, capture.layer, wish.heads, {rows[i]}, {}, nullptr};
        piece.tensor = cut(wish, merged, capture, tensor, {row_places[i]}, piece.keys);
        waiting_.emplace(rows[i] - (prompt_tokens_ - 1), std::move(piece));
      }
    } else {
      Piece piece{&wish, capture.layer, wish.heads, rows, {}, nullptr};
      piece.tensor = cut(wish, merged, capture, tensor, row_places, piece.keys);
      send(piece);
    }
  }
}

TensorPointer Router::cut(const Wish& wish, const Merged& merged, const oc_capture& capture,
                          const TensorPointer& tensor, const std::vector<size_t>& row_places, Indices& keys) const {
  if (is_whole(wish)) {
    // The tensor stays with the caller for the other wishes.
    oc_tensor* shared = tensor.get();
    const oc_dl_tensor& dl = shared->dl;
    std::vector<int64_t> shape(dl.shape, dl.shape + dl.ndim);
    if (dl.dtype.code == OC_DTYPE_INT) {
      const auto values = TensorView<int64_t>(shared).flat();
      return make_tensor(std::vector<int64_t>(values.begin(), values.end()), std::move(shape));
    }
    const auto values = TensorView<float>(shared).flat();
    return make_tensor(std::vector<float>(values.begin(), values.end()), std::move(shape));
  }
  const TensorView<float> values(tensor.get());
  const bool in_halves = wish.kind == OC_PROBE_ATTENTION_GRADIENT;  // attention and its gradient, each by head
  const bool by_head = wish.kind == OC_PROBE_ATTENTION || wish.kind == OC_PROBE_MASS || in_halves;
  const bool in_planes = by_head || wish.kind == OC_PROBE_GRADIENT;  // heads; or the stream and its gradient
  const bool by_key = wish.kind == OC_PROBE_ATTENTION || in_halves;
  std::vector<size_t> axes;  // before the last
  if (in_halves) axes.push_back(2);
  if (in_planes) axes.push_back(by_head ? capture.n_heads : 2);
  axes.push_back(capture.n_rows);
  const std::vector<int64_t>& shape_given = values.shape();
  const auto is_as_long = [](size_t length, int64_t given) { return given == static_cast<int64_t>(length); };
  if (shape_given.size() != axes.size() + 1 || !std::equal(axes.begin(), axes.end(), shape_given.begin(), is_as_long) ||
      (by_key && !is_as_long(capture.n_keys, shape_given.back())) ||
      (wish.kind == OC_PROBE_MASS && !is_as_long(merged.groups.size(), shape_given.back()))) {
    throw Error(OC_E_INTERNAL, "a capture has another shape than its kind says");
  }
  const int64_t width = shape_given.back();

  std::vector<size_t> columns;
  if (by_key) {
    columns =
        wish.all_keys ? everywhere(static_cast<size_t>(width)) : places_of(wish.keys, capture.keys, capture.n_keys);
    keys.reserve(columns.size());
    for (const size_t column : columns) keys.push_back(capture.keys[column]);
  } else if (wish.kind == OC_PROBE_MASS) {
    for (const Indices& group : wish.groups) {
      const auto at = std::find(merged.groups.begin(), merged.groups.end(), group);
      columns.push_back(static_cast<size_t>(at - merged.groups.begin()));
    }
  } else {
    columns = everywhere(static_cast<size_t>(width));
  }
  std::vector<size_t> plane_places = by_head     ? places_of(wish.heads, capture.heads, capture.n_heads)
                                     : in_planes ? everywhere(2)
                                                 : std::vector<size_t>{0};
  const size_t n_heads = plane_places.size();
  for (size_t head = 0; in_halves && head < n_heads; ++head) plane_places.push_back(plane_places[head] + axes[1]);

  const bool whole_rows = columns.size() == static_cast<size_t>(width) &&
                          std::adjacent_find(columns.begin(), columns.end(), std::greater_equal<>()) == columns.end();
  std::vector<float> out;
  out.reserve(plane_places.size() * row_places.size() * columns.size());
  for (const size_t plane : plane_places) {
    for (const size_t row : row_places) {
      const std::span<const float> line = in_halves   ? values.row(plane / axes[1], plane % axes[1], row)
                                          : in_planes ? values.row(plane, row)
                                                      : values.row(row);
      if (whole_rows) {
        out.insert(out.end(), line.begin(), line.end());
      } else {
        for (const size_t column : columns) out.push_back(line[column]);
      }
    }
  }
  std::vector<int64_t> shape;
  if (in_halves) shape.push_back(2);
  if (in_planes) shape.push_back(static_cast<int64_t>(n_heads));
  shape.push_back(static_cast<int64_t>(row_places.size()));
  shape.push_back(static_cast<int64_t>(columns.size()));
  return make_tensor(std::move(out), std::move(shape));
}

void Router::send(const Piece& piece) {
  oc_capture capture{};
  capture.struct_size = sizeof capture;
  capture.probe = piece.wish->id;
  capture.layer = piece.layer;
  capture.heads = piece.heads.data(), capture.n_heads = piece.heads.size();
  capture.rows = piece.rows.data(), capture.n_rows = piece.rows.size();
  capture.keys = piece.keys.data(), capture.n_keys = piece.keys.size();
  capture.tensor = piece.tensor.get();
  delivered_bytes_ += bytes_of(*piece.tensor);
  deliver_(*piece.wish, capture);
}

void Router::step(const oc_step& step) {
  const auto [begin, end] = waiting_.equal_range(step.index);
  if (step.is_stop == 0) ++answer_tokens_;
  for (auto at = begin; at != end; ++at) {
    if (step.is_stop == 0 || at->second.wish->stop_row) send(at->second);
  }
  waiting_.erase(begin, end);
}

void Router::finish() const {
  for (const Wish& wish : wishes_) {
    if (!wish.answer || wish.stop_row) continue;
    if (answer_tokens_ == 0)
      throw Error(OC_E_SAMPLE, "the model gave an empty answer, so no row produced one: query=last needs no answer");
    if (!wish.answer_tokens.empty() && wish.answer_tokens.back() >= answer_tokens_) {
      throw Error(OC_E_SAMPLE, fmt::format("answer token {} does not exist: the answer has {} token{}, 0 to {}",
                                           wish.answer_tokens.back(), answer_tokens_, answer_tokens_ == 1 ? "" : "s",
                                           answer_tokens_ - 1));
    }
  }
}

}  // namespace ocellus::plan
