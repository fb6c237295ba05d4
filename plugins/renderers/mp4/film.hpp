// What the frames of a film show: the text as far as it is written, the pictures under the step's cells, and a header.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/mp4/answer_boxes.hpp"
#include "plugins/renderers/mp4/picture_panel.hpp"
#include "plugins/renderers/mp4/running_text.hpp"
#include "plugins/renderers/mp4/stored_steps.hpp"

namespace ocellus::mp4 {

struct FilmStyle {
  int width = 1280, height = 720;  // pixels
  double text_points = 20.0;       // of the running text; one pixel is 1/72 inch
  std::string font{};              // a family to try first
  drawing::Rgb current{30, 90, 255};
  PanelStyle panel{};
};

// What a film says beside the steps themselves.
struct FilmWords {
  std::string facts{};   // model and method, in one line
  std::string begins{};  // where the text begins, if that needs saying
};

struct FilmBoxes {
  std::vector<PanelBox> known{};  // in every frame
  bool of_answer = true;          // those that the answer names, on the first picture, once it has named them
};

// Where the first occurrence of `phrase` begins; none if it does not occur, or is empty.
std::optional<size_t> unit_with(const StoredSteps& steps, const std::string& phrase);

// Everything borrowed must outlive it. Only of an artifact with at least one step.
class Film {
 public:
  // `pictures[k]` is of steps.images()[k]; there may be fewer. `first_unit` is the first one shown, not behind the
  // first step's.
  Film(const StoredSteps& steps, std::vector<PanelPicture> pictures, size_t first_unit, FilmBoxes boxes,
       FilmWords words, const FilmStyle& style);

  size_t n_frames() const { return steps_.steps().size(); }
  // A frame's size, for `draw`.
  drawing::Canvas canvas() const { return drawing::Canvas(style_.width, style_.height); }
  // Draws over whatever the canvas shows. `layer` counts in steps.layers().
  void draw(size_t layer, size_t frame, drawing::Canvas& canvas) const;
  // The pictures of the frames, in rows of at most `columns`, each with its word: for print.
  drawing::Canvas draw_strip(size_t layer, std::span<const size_t> frames, int columns) const;

  int unknown_glyphs() const { return text_ ? text_->unknown_glyphs() : 0; }

 private:
  struct Look {                         // of one step
    std::vector<drawing::Rgb> colours;  // of the units shown, from the first one
    drawing::ValueRange words{}, cells{};
    std::vector<std::span<const float>> values;  // of each picture's cells
    std::vector<PanelBox> boxes;
  };
  Look look(size_t layer, size_t frame) const;
  std::string word_of(size_t frame) const;
  // From `low` to `high` in the colours between, with numbers; its top left at (x, y).
  void draw_key(drawing::Canvas& canvas, int x, int y, const std::string& what, const drawing::ValueRange& range) const;

  const StoredSteps& steps_;
  std::vector<PanelPicture> pictures_;
  size_t first_unit_;
  std::vector<PanelBox> known_boxes_;
  std::vector<AnswerBox> answer_boxes_;
  FilmWords words_;
  FilmStyle style_;
  int header_ = 0, footer_ = 0, text_width_ = 0;
  std::optional<RunningText> text_;
  std::optional<PicturePanel> panel_;
};

}  // namespace ocellus::mp4
