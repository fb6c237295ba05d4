#include "host/services/layout_book.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/plan/select.hpp"

namespace ocellus::services {
namespace {

void expect(bool condition, const char* what) {
  if (!condition) throw Error(OC_E_INTERNAL, fmt::format("the layout is wrong: {}", what));
}

int64_t rows_of(const oc_layout& layout) {
  return layout.n_tokens - layout.n_keys_only;
}

// Methods take the cells of an image for its grid, row by row.
void check_grids(const oc_layout& layout) {
  for (size_t g = 1; g < layout.n_grids; ++g) {
    expect(layout.grids[g].image > layout.grids[g - 1].image, "the grids are not in the order of their images");
  }
  size_t next = 0;
  for (size_t g = 0; g < layout.n_grids; ++g) {
    const oc_grid& grid = layout.grids[g];
    for (uint32_t row = 0; row < grid.rows; ++row) {
      for (uint32_t col = 0; col < grid.cols; ++col, ++next) {
        expect(next < layout.n_cells && layout.cells[next].image == grid.image &&
                   layout.cells[next].row == static_cast<int32_t>(row) &&
                   layout.cells[next].col == static_cast<int32_t>(col),
               "the cells of a grid are not all of them, row by row");
      }
    }
  }
  expect(next == layout.n_cells, "the cells of a grid are not all of them, row by row");
}

void check_layout(const oc_layout& layout) {
  expect(layout.stack != nullptr, "malformed");
  expect(layout.layer_begin < layout.layer_end && layout.n_tokens >= 0, "no layers");
  int64_t next = 0;
  for (size_t i = 0; i < layout.n_segments; ++i) {
    const oc_segment& segment = layout.segments[i];
    expect(segment.begin == next && segment.end > segment.begin, "the segments do not partition the tokens");
    expect((segment.kind == OC_SEGMENT_IMAGE) == (segment.image >= 0), "an image segment without image");
    next = segment.end;
  }
  expect(next == layout.n_tokens, "the segments do not partition the tokens");
  expect(layout.n_keys_only >= 0 && layout.n_keys_only <= layout.n_tokens, "more keys than tokens");
  for (size_t i = 0; i < layout.n_cells; ++i) {
    const oc_cell& cell = layout.cells[i];
    expect(cell.token >= 0 && cell.token < rows_of(layout) && cell.x0 < cell.x1 && cell.y0 < cell.y1,
           "a cell is nowhere");
    const oc_grid* grid = nullptr;
    for (size_t g = 0; g < layout.n_grids; ++g) {
      if (layout.grids[g].image == cell.image) grid = &layout.grids[g];
    }
    expect(grid != nullptr && cell.row >= 0 && cell.col >= 0 && static_cast<uint32_t>(cell.row) < grid->rows &&
               static_cast<uint32_t>(cell.col) < grid->cols,
           "a cell is outside its grid");
  }
  check_grids(layout);
}

}  // namespace

void LayoutBook::Stored::refresh() {
  view.stack = stack.c_str();
  view.token_ids = token_ids.empty() ? nullptr : token_ids.data();
  view.segments = segments.data(), view.n_segments = segments.size();
  view.cells = cells.data(), view.n_cells = cells.size();
  view.grids = grids.data(), view.n_grids = grids.size();
}

void LayoutBook::add(const oc_layout& published) {
  const oc_layout layout = read_descriptor(&published, "the layout");
  check_layout(layout);
  for (const Stored& other : layouts_) {
    expect(other.stack != layout.stack || layout.layer_end <= other.view.layer_begin ||
               layout.layer_begin >= other.view.layer_end,
           "a layer has two");
    expect(other.stack != layout.stack || rows_of(layout) == rows_of(other.view),
           "layers differ in tokens that have rows");
  }
  Stored& stored = layouts_.emplace_back();
  stored.stack = layout.stack;
  if (layout.token_ids != nullptr) stored.token_ids.assign(layout.token_ids, layout.token_ids + layout.n_tokens);
  stored.segments.assign(layout.segments, layout.segments + layout.n_segments);
  stored.cells.assign(layout.cells, layout.cells + layout.n_cells);
  stored.grids.assign(layout.grids, layout.grids + layout.n_grids);
  stored.view = layout;
  stored.refresh();
  if (stored.stack == "language") {
    prompt_tokens_ = plan::prompt_tokens(stored.view);
    if (prompt_tokens_ < stored.view.n_tokens) given_answer_tokens_ = stored.view.n_tokens - prompt_tokens_;
  }
}

const oc_layout* LayoutBook::find(std::string_view stack, uint32_t layer) const {
  for (const Stored& stored : layouts_) {
    if (stored.stack == stack && layer >= stored.view.layer_begin && layer < stored.view.layer_end) return &stored.view;
  }
  return nullptr;
}

const oc_layout* LayoutBook::widest(std::string_view stack) const {
  const oc_layout* widest = nullptr;
  for (const Stored& stored : layouts_) {
    if (stored.stack == stack && (widest == nullptr || stored.view.n_tokens > widest->n_tokens)) widest = &stored.view;
  }
  return widest;
}

const oc_layout* LayoutBook::of_text() const {
  const oc_layout* prompt = find("language", 0);
  return prompt != nullptr ? prompt : find("question", 0);
}

std::vector<int64_t> LayoutBook::given_answer_ids() const {
  if (given_answer_tokens_ <= 0) return {};
  const oc_layout& prompt = *find("language", 0);
  return {prompt.token_ids + prompt_tokens_, prompt.token_ids + prompt_tokens_ + given_answer_tokens_};
}

void LayoutBook::append_answer_token(int64_t id, bool is_stop, uint32_t turn) {
  const uint32_t kind = is_stop ? OC_SEGMENT_SPECIAL : OC_SEGMENT_ANSWER;
  for (Stored& stored : layouts_) {
    if (stored.stack != "language") continue;
    if (!stored.token_ids.empty()) stored.token_ids.push_back(id);
    oc_segment& last = stored.segments.back();
    if (last.kind == kind && last.turn == turn) {
      ++last.end;
    } else {
      stored.segments.push_back({kind, turn, last.end, last.end + 1, -1, 0});
    }
    ++stored.view.n_tokens;
    stored.refresh();
  }
}

std::vector<const oc_layout*> LayoutBook::all() const {
  std::vector<const oc_layout*> views;
  for (const Stored& stored : layouts_) views.push_back(&stored.view);
  return views;
}

}  // namespace ocellus::services
