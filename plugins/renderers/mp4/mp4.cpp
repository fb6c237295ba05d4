// mp4: a film of an answer as it is written: what each word looked at, in the text and in the pictures.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <ocellus/sdk.hpp>

#include "plugins/renderers/common/fonts.hpp"
#include "plugins/renderers/common/picture_file.hpp"
#include "plugins/renderers/mp4/animated_webp.hpp"
#include "plugins/renderers/mp4/film.hpp"
#include "plugins/renderers/mp4/video_file.hpp"

namespace ocellus::mp4 {
namespace {

constexpr const char* kUsualPhrase = "Based on the following requirements";  // of Reason-RFT's prompts
constexpr int64_t kUsualLayer = 20;
constexpr size_t kFewLayers = 4;
constexpr int64_t kStripFrames = 8;
constexpr double kFrameDpi = 144.0, kStripDpi = 300.0;

drawing::Rgb colour_of(const char* key, const std::string& text) {
  const size_t begin = text.starts_with('#') ? 1 : 0;
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + begin, end, value, 16);
  if (text.size() - begin != 6 || error != std::errc() || stopped != end) {
    throw Error(OC_E_OPTION, fmt::format("{}={} is no colour: write red, green and blue in hexadecimal, as {}=c80000",
                                         key, text, key));
  }
  return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 0xFF),
          static_cast<std::uint8_t>(value & 0xFF)};
}

class Mp4 : public Renderer {
 public:
  struct Options : OptionSet {
    WordsOption format{*this,
                       "format",
                       "mp4",
                       "the files to write of each layer",
                       {{"mp4", "a film, H.264 where FFmpeg has it, else VP9"},
                        {"webp", "the same as an animated picture"},
                        {"strip", "the pictures of a few steps in one PNG, for print; see strip-steps"}}};
    ChoiceOption frames{*this,
                        "frames",
                        "none",
                        "every frame as a picture too",
                        {{"none", "none"}, {"png", "without loss, numbered by step from 0"}}};
    IndexSetOption layers{
        *this, "layers", "auto",
        "layers to make films of; auto = all that were captured, of more than four only layer 20, or the "
        "last one where there is no layer 20"};
    TextOption start_phrase{*this, "start-phrase", kUsualPhrase,
                            "the text begins with these words where the prompt or the answer has them, else with the "
                            "answer"};
    IntegerOption max_images{*this, "max-images", "2", "pictures that are shown", 0, 16};
    ChoiceOption boxes{*this,
                       "boxes",
                       "answer",
                       "rectangles to frame in the pictures",
                       {{"answer", "those that the answer names as (x,y),(x,y) in thousandths, in the first picture"},
                        {"known", "the sample's known boxes"},
                        {"both", "both"},
                        {"none", "none"}}};
    TextOption low{*this, "low", "e00000", "colour of the least attention, in hexadecimal"};
    TextOption high{*this, "high", "009600", "colour of the most attention"};
    TextOption current{*this, "current", "1e5aff", "colour of the word that the frame is about"};
    RealOption gamma{*this, "gamma", "1", "exponent of colours; below 1, small differences show (0.4)", 0.1, 5};
    RealOption alpha{*this, "alpha", "0.5", "opacity of the cells over the picture", 0, 1};
    BoolOption grid{*this, "grid", "on", "lines between the cells"};
    IntegerOption width{*this, "width", "1280", "pixels of a frame", 320, 4096};
    IntegerOption height{*this, "height", "720", "pixels of a frame", 240, 4096};
    RealOption text_size{*this, "text-size", "20", "pixels of the text", 6, 200};
    TextOption font{*this, "font", "", "a font family to write with; letters it lacks come from others"};
    IntegerOption fps{*this, "fps", "2", "frames a second", 1, 60};
    IntegerOption crf{*this, "crf", "20", "quality of format=mp4 as x264 counts: 0 the best, 51 the worst", 0, 51};
    IntegerOption quality{*this, "quality", "80", "of format=webp", 1, 100};
    IndexSetOption strip_steps{*this, "strip-steps", "auto",
                               "steps of format=strip, as in answer:K; auto = eight, as far apart as they can be"};
    IntegerOption strip_columns{*this, "strip-columns", "4", "of format=strip", 1, 50};
  } options;

  void validate() {
    style_.width = static_cast<int>(options.width.value());
    style_.height = static_cast<int>(options.height.value());
    style_.text_points = options.text_size.value();
    style_.font = options.font.value();
    style_.current = colour_of("current", options.current.value());
    style_.panel.ramp = {colour_of("low", options.low.value()), colour_of("high", options.high.value()),
                         options.gamma.value()};
    style_.panel.alpha = options.alpha.value();
    style_.panel.grid = options.grid.value();
    if (!style_.font.empty()) drawing::expect_font_family(style_.font);
    for (const std::string& format : options.format.value()) {
      if (format == "mp4" && !encoder_) encoder_ = choose_encoder();
    }
  }

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    if (encoder_ && encoder_->format == VideoFormat::vp9) {
      say_once(run, "FFmpeg on this machine has no H.264 encoder, so films are VP9, which some players do not know");
    }
    for (const ArtifactView& artifact : artifacts) {
      const StoredSteps steps(artifact);
      if (steps.steps().empty()) {
        run.host().warn(fmt::format("there is no film of sample {}: {} has no step, because the answer is {}",
                                    run.text("id"), artifact.label(),
                                    steps.is_upstream() ? "shorter than two tokens" : "empty"));
        continue;
      }
      const Film film(steps, pictures_of(run, steps), first_unit(run, steps), boxes_of(run, steps),
                      words_of(run, artifact, steps), style_);
      for (const size_t layer : layers_of(run, steps)) write_files(run, artifact, steps, film, layer);
      if (film.unknown_glyphs() > 0) {
        say_once(run,
                 "some letters in the films are boxes, because no font has them: install fonts-noto-core, and "
                 "fonts-noto-cjk for Chinese, Japanese and Korean");
      }
    }
  }

 private:
  // Of several samples, the first one says it.
  void say_once(const Run& run, const std::string& sentence) {
    if (std::find(said_.begin(), said_.end(), sentence) != said_.end()) return;
    said_.push_back(sentence);
    run.host().warn(sentence);
  }

  size_t n_pictures(const StoredSteps& steps) const {
    return std::min(steps.images().size(), static_cast<size_t>(options.max_images.value()));
  }

  std::vector<PanelPicture> pictures_of(const Run& run, const StoredSteps& steps) const {
    std::vector<PanelPicture> pictures;
    for (size_t k = 0; k < n_pictures(steps); ++k) {
      const ImageSteps& image = steps.images()[k];
      const oc_image source = run.picture(image.image);
      pictures.push_back({{{source.rgb, size_t{source.width} * source.height * 3},
                           static_cast<int>(source.width),
                           static_cast<int>(source.height)},
                          image.rows,
                          image.columns,
                          image.extent,
                          steps.images().size() > 1 ? fmt::format("image {}", image.image) : ""});
    }
    return pictures;
  }

  size_t first_unit(const Run& run, const StoredSteps& steps) {
    const std::string phrase = options.start_phrase.value();
    const size_t answer = std::min(steps.first_of_answer(), steps.steps().front().unit);
    const std::optional<size_t> found = unit_with(steps, phrase);
    if (!found && phrase != kUsualPhrase) {
      run.host().warn(
          fmt::format("sample {} has no \"{}\": the text of its film begins with the answer", run.text("id"), phrase));
    }
    return std::min(found.value_or(answer), answer);
  }

  FilmBoxes boxes_of(const Run& run, const StoredSteps& steps) const {
    const std::string wanted = options.boxes.value();
    FilmBoxes boxes{{}, wanted == "answer" || wanted == "both"};
    if (wanted != "known" && wanted != "both") return boxes;
    for (const oc_box& box : run.boxes()) {
      for (size_t k = 0; k < n_pictures(steps); ++k) {
        if (steps.images()[k].image != box.image) continue;
        const oc_image source = run.picture(box.image);
        boxes.known.push_back(
            {k, {box.x0 / source.width, box.y0 / source.height, box.x1 / source.width, box.y1 / source.height}});
      }
    }
    return boxes;
  }

  FilmWords words_of(const Run& run, const ArtifactView& artifact, const StoredSteps& steps) const {
    FilmWords words;
    words.facts = artifact.label();
    if (const std::string model = run.text("model"); !model.empty()) words.facts = model + " · " + words.facts;
    if (const std::string heads = artifact.text("heads"); !heads.empty()) words.facts += " · heads " + heads;
    if (n_pictures(steps) < steps.images().size()) {
      words.facts += fmt::format(" · {} of {} images", n_pictures(steps), steps.images().size());
    }
    const std::string phrase = options.start_phrase.value();
    if (!phrase.empty() && !unit_with(steps, phrase)) words.begins = "text from the answer on";
    return words;
  }

  // Places in steps.layers().
  std::vector<size_t> layers_of(const Run& run, const StoredSteps& steps) {
    const auto captured = steps.layers();
    const int64_t last = *std::max_element(captured.begin(), captured.end());
    const std::string text = options.layers.value();
    std::vector<int64_t> wanted;
    if (text.find_first_not_of("0123456789+") == std::string::npos) {
      wanted = plain_numbers(text);
    } else {
      wanted = options.layers.resolve("layer", last + 1);
      if (wanted.empty() && captured.size() <= kFewLayers) wanted.assign(captured.begin(), captured.end());
      if (wanted.empty()) wanted = {kUsualLayer};
    }
    std::vector<size_t> places;
    for (int64_t layer : wanted) {
      if (layer > last) {
        say_once(run, fmt::format("layer {} was not captured, so the film shows layer {}, the last one that was", layer,
                                  last));
        layer = last;
      }
      const auto at = std::find(captured.begin(), captured.end(), layer);
      if (at == captured.end()) {
        throw Error(OC_E_UNSUPPORTED,
                    fmt::format("layer {} was not captured: layers {} were; give the method layers={}", layer,
                                fmt::join(captured, ", "), layer));
      }
      const auto place = static_cast<size_t>(at - captured.begin());
      if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    }
    return places;
  }

  static std::vector<int64_t> plain_numbers(const std::string& text) {
    std::vector<int64_t> numbers;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('+', begin), text.size());
      int64_t number = 0;
      std::from_chars(text.data() + begin, text.data() + end, number);
      numbers.push_back(number);
      begin = end + 1;
    }
    return numbers;
  }

  std::vector<size_t> strip_frames(size_t n_frames) const {
    const auto n = static_cast<int64_t>(n_frames);
    std::vector<int64_t> chosen = options.strip_steps.resolve("step", n);
    if (chosen.empty()) {
      const int64_t most = std::min(n, kStripFrames);
      for (int64_t k = 0; k < most; ++k) chosen.push_back(most == 1 ? 0 : k * (n - 1) / (most - 1));
    }
    return {chosen.begin(), chosen.end()};
  }

  void write_files(const Run& run, const ArtifactView& artifact, const StoredSteps& steps, const Film& film,
                   size_t layer) const {
    const auto number = static_cast<int32_t>(steps.layers()[layer]);
    const auto fps = static_cast<int>(options.fps.value());
    drawing::Canvas canvas = film.canvas();
    const auto fill = [&](FilmFile&& file) {
      for (size_t frame = 0; frame < film.n_frames(); ++frame) {
        film.draw(layer, frame, canvas);
        file.add(canvas.pixels());
      }
      file.finish();
    };
    for (const std::string& format : options.format.value()) {
      if (format == "mp4") {
        run.output(artifact, number, "", "mp4", [&](const char* path) {
          fill(VideoFile(path, *encoder_, {style_.width, style_.height, fps, static_cast<int>(options.crf.value())}));
        });
      } else if (format == "webp") {
        run.output(artifact, number, "", "webp", [&](const char* path) {
          fill(AnimatedWebp(path, {style_.width, style_.height, fps, static_cast<int>(options.quality.value())}));
        });
      } else {
        const drawing::Canvas strip =
            film.draw_strip(layer, strip_frames(film.n_frames()), static_cast<int>(options.strip_columns.value()));
        run.output(artifact, number, "strip", "png",
                   [&](const char* path) { drawing::write_picture(strip, drawing::Format::png, {kStripDpi}, path); });
      }
    }
    if (options.frames.value() != "png") return;
    for (size_t frame = 0; frame < film.n_frames(); ++frame) {
      film.draw(layer, frame, canvas);
      run.output(artifact, number, fmt::format("step{:04}", frame).c_str(), "png",
                 [&](const char* path) { drawing::write_picture(canvas, drawing::Format::png, {kFrameDpi}, path); });
    }
  }

  FilmStyle style_;
  std::optional<VideoEncoder> encoder_;  // where format=mp4 is asked for
  std::vector<std::string> said_;
};

}  // namespace
}  // namespace ocellus::mp4

OCELLUS_RENDERER(ocellus::mp4::Mp4, {"org.ocellus.mp4", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "mp4",
                  .summary = "a film of an answer as it is written, token by token",
                  .accepts = {"token-steps/1"},
                  .produces = {"mp4", "webp", "png"}})
