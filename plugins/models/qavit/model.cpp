#include "plugins/models/qavit/model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "plugins/models/common/config/model_files.hpp"
#include "plugins/models/common/image/pixel_planes.hpp"
#include "plugins/models/common/image/resize_pil.hpp"
#include "plugins/models/common/stacks/stack.hpp"
#include "plugins/models/common/text_encoder/memory.hpp"
#include "plugins/models/common/text_encoder/weights.hpp"
#include "plugins/models/qavit/expectations.hpp"
#include "plugins/models/qavit/gradient_plan.hpp"
#include "plugins/models/qavit/layout.hpp"
#include "plugins/models/qavit/tower_memory.hpp"
#include "plugins/models/qavit/tower_weights.hpp"

namespace ocellus::qavit {

namespace {

std::vector<oc_stack> stacks_of(const Config& config) {
  const models::ClipVisionConfig& vision = config.tower.vision;
  std::vector<oc_stack> stacks{models::vision_stack(vision.layers, vision.heads, vision.hidden_size)};
  if (config.question) stacks.push_back(models::question_stack(config.question->encoder.width));
  return stacks;
}

models::ClipImageProcessor processor_of(const std::filesystem::path& folder, const models::ClipVisionConfig& vision,
                                        bool squash) {
  models::ClipImageProcessor processor = models::read_clip_processor(folder);
  const int side = static_cast<int>(vision.image_size);
  if (squash) {
    processor.pad = false;
    processor.resize = true;
    processor.shortest_edge.reset();
    processor.exact = {side, side};
    processor.crop.reset();
    return processor;
  }
  const models::Size made = processor.crop ? *processor.crop : processor.exact;
  const bool fits =
      (processor.crop || (processor.resize && !processor.shortest_edge)) && made.height == side && made.width == side;
  if (!fits) {
    throw Error(OC_E_MODEL, fmt::format("{}: it makes no pictures of {}x{} pixels, which the tower takes",
                                        (folder / "preprocessor_config.json").string(), side, side));
  }
  return processor;
}

// The text of the last user turn.
std::string question_of(const oc_sample& sample) {
  std::string text;
  for (const oc_turn& turn : std::span(sample.turns, sample.n_turns)) {
    if (turn.role != OC_ROLE_USER) continue;
    text.clear();
    for (const oc_part& part : std::span(turn.parts, turn.n_parts)) {
      if (part.kind == OC_PART_TEXT) text += part.text;
    }
  }
  return text;
}

void check_plan(const oc_merged_plan& plan, const Config& config) {
  if (plan.max_new_tokens > 0)
    throw Error(OC_E_UNSUPPORTED,
                "a QA-ViT looks and says nothing: ask for no answer (--max-new-tokens, query=answer)");
  models::check_plan(plan, served_stacks(config));
}

std::string aware_blocks(const TowerConfig& tower) {
  std::vector<int64_t> blocks;
  for (int64_t block = 0; block < tower.vision.layers; ++block) {
    if (tower.is_question_aware(block)) blocks.push_back(block);
  }
  return blocks.empty() ? "none: a plain CLIP, whose maps do not depend on the question"
                        : fmt::format("{}", fmt::join(blocks, ", "));
}

}  // namespace

QaVit::QaVit(const Host& host, const oc_model_settings& settings, const Options& options)
    : QaVit(host, settings, options.preprocess.value() == "squash", options.resize.resize(),
            options.randomise.value()) {
  expect(config_.tower, options.expects.value(), folder_);
}

QaVit::QaVit(const Host& host, const oc_model_settings& settings, bool squash, models::Resize resize,
             models::Randomise randomise)
    : host_(host),
      folder_(settings.folder),
      config_(read_config(folder_)),
      randomised_(randomise.of("encoder.layers.", config_.tower.vision.layers)),
      squash_(squash),
      resize_(resize),
      runtime_(settings, config_.stored_type),
      stacks_(stacks_of(config_)),
      files_(models::deciding_files(folder_)) {
  processor_ = processor_of(folder_, config_.tower.vision, squash_);
  if (settings.min_pixels > 0 || settings.max_pixels > 0) {
    throw Error(OC_E_OPTION,
                "qavit gives every picture the same number of pixels; leave out --min-pixels and --max-pixels");
  }
  if (!config_.question) return;
  const QuestionConfig& question = *config_.question;
  tokenizer_ = models::Tokenizer::load(question.folder);
  token_bytes_.emplace(*tokenizer_, question.encoder.vocabulary);
  for (std::string& file : models::deciding_files(question.folder)) files_.push_back(std::move(file));
}

QaVit::~QaVit() = default;

const models::Tokenizer& QaVit::tokenizer() const {
  if (!tokenizer_) throw Error(OC_E_UNSUPPORTED, "a plain CLIP's tower reads no text");
  return *tokenizer_;
}

void QaVit::describe(const PutText& put) const {
  const models::ClipVisionConfig& vision = config_.tower.vision;
  put("model type", config_.question ? "qavit" : "clip, a tower without a question");
  int64_t parameters = models::parameter_count(tower_table(config_.tower));
  if (config_.question) parameters += models::parameter_count(models::text_encoder_table(config_.question->encoder));
  put("parameters", fmt::format("{}", parameters));
  put("dtype", models::name_of(runtime_.type()));
  if (randomised_.top > 0) put("random weights", randomised_.description());
  runtime_.describe(put);
  put("vision layers", fmt::format("{}", vision.layers));
  put("vision heads", fmt::format("{}", vision.heads));
  put("question-aware layers", aware_blocks(config_.tower));
  put("vision features", fmt::format("after layer {}", config_.feature_blocks));
  if (config_.question) {
    const QuestionConfig& question = *config_.question;
    put("question encoder", models::name_of(question.encoder.kind));
    put("question", fmt::format("{}{}", question.cleans ? "cleaned as QA-ViT does" : "as it is",
                                question.most_tokens ? fmt::format(", cut to {} tokens", *question.most_tokens) : ""));
  }
  put("pictures", fmt::format("{}x{} pixels, {}", vision.image_size, vision.image_size,
                              squash_           ? "squeezed, by Lanczos' filter"
                              : processor_.crop ? "cut from the centre"
                                                : "squeezed"));
}

void QaVit::encode(std::string_view text, const PutToken& put) const {
  for (const models::Token& token : tokenizer().encode(text, /*add_special_tokens=*/true))
    put(token.id, token.begin, token.end);
}

std::string_view QaVit::token_bytes(int64_t id) const {
  (void)tokenizer();
  return token_bytes_->of(id);
}

std::unique_ptr<Model::Prepared> QaVit::prepare(const oc_sample& sample, const Sink& sink) const {
  if (sample.answer != nullptr) throw Error(OC_E_UNSUPPORTED, "a QA-ViT looks and says nothing: leave out --answer");
  auto prepared = std::make_unique<PreparedSample>();
  prepared->prompt.prefix = 0;
  if (config_.question) prepared->question = tokenize_question(question_of(sample), *config_.question, *tokenizer_);

  const std::span<const oc_image> images(sample.images, sample.n_images);
  const auto count = static_cast<int64_t>(images.size());
  prepared->tower_tokens = count * config_.tokens_of_image() + static_cast<int64_t>(prepared->question.ids.size());
  prepared->image_size = config_.tower.vision.image_size;
  const auto side = static_cast<size_t>(prepared->image_size);
  const size_t pixels = 3 * side * side;
  prepared->pixel_values.resize(images.size() * pixels);
  const auto resize = [&](std::span<const uint8_t> rgb, models::Size from, models::Size to) {
    return squash_ ? models::resize_pil(rgb, from, to, models::PillowFilter::lanczos)
                   : models::resize_bicubic(rgb, from, to, resize_);
  };
  for (size_t i = 0; i < images.size(); ++i) {
    sink.stop_if_cancelled();
    constexpr uint32_t most = std::numeric_limits<int>::max() / 2;
    if (images[i].width > most || images[i].height > most) {
      throw Error(OC_E_SAMPLE, fmt::format("an image of {}x{} pixels is too large", images[i].width, images[i].height));
    }
    const models::Size source{static_cast<int>(images[i].height), static_cast<int>(images[i].width)};
    prepared->geometries.push_back(models::clip_geometry(source, processor_));
    prepared->grid_sizes.insert(prepared->grid_sizes.end(),
                                {1, config_.tower.vision.grid(), config_.tower.vision.grid()});
    const std::span rgb(images[i].rgb, size_t{images[i].height} * images[i].width * 3);
    models::write_clip_pixels(rgb, prepared->geometries[i], processor_, resize,
                              std::span(prepared->pixel_values).subspan(i * pixels, pixels));
  }
  prepared->planes = models::pixel_planes(processor_, static_cast<int64_t>(side * side), 1);
  publish_layouts(sink, config_, *prepared);
  return prepared;
}

oc_cost QaVit::cost(const PreparedSample& sample, uint64_t tower_bytes) const {
  const models::ComputeType type = runtime_.type();
  oc_cost cost{};
  cost.struct_size = sizeof cost;
  cost.prefill_tokens = static_cast<uint64_t>(sample.tower_tokens);
  cost.weight_bytes =
      static_cast<uint64_t>(models::parameter_count(tower_table(config_.tower)) * models::item_size(type));
  cost.activation_bytes = tower_bytes;
  if (config_.question) {
    const models::TextEncoderConfig& encoder = config_.question->encoder;
    const auto question_tokens = static_cast<int64_t>(sample.question.ids.size());
    cost.weight_bytes += models::text_encoder_weight_bytes(encoder, type);
    cost.activation_bytes =
        std::max(cost.activation_bytes, models::text_encoder_activation_bytes(encoder, type, question_tokens));
  }
  return cost;
}

oc_cost QaVit::estimate(const Prepared& prepared, const oc_merged_plan& plan) const {
  check_plan(plan, config_);
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  const models::TowerMemory tower =
      tower_memory(config_.tower, runtime_.type(), sample.images(), static_cast<int64_t>(sample.question.ids.size()));
  return cost(sample, tower.pass + tower.attention_buffers);
}

oc_cost QaVit::estimate(const Prepared& prepared, const oc_gradient_plan& plan) const {
  check_gradient_plan(plan);
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  const GradientBlocks blocks = gradient_blocks(plan, config_);
  return cost(sample, gradient_bytes(config_.tower, runtime_.type(), sample.images(),
                                     static_cast<int64_t>(sample.question.ids.size()), blocks.end - blocks.begin));
}

void QaVit::load() {
  runtime_.begin(host_);
  const models::Checkpoint tower = models::Checkpoint::open(folder_);
  const models::WeightMap weights =
      models::match_weights(tower.tensors(), tower_table(config_.tower), tower_table_name, folder_);
  models::WeightMap encoder;
  if (config_.question) {
    const models::Checkpoint checkpoint = models::Checkpoint::open(config_.question->folder);
    encoder = models::match_text_encoder(checkpoint.tensors(), config_.question->encoder, config_.question->folder);
  }
  network_ = std::make_unique<Network>(config_, weights, encoder, runtime_, randomised_);
}

void QaVit::execute(const Prepared& prepared, const oc_merged_plan& plan, const Sink& sink) {
  network_->execute(static_cast<const PreparedSample&>(prepared), plan, sink);
}

void QaVit::execute(const Prepared& prepared, const oc_gradient_plan& plan, const Sink& sink) {
  check_gradient_plan(plan);
  network_->differentiate(static_cast<const PreparedSample&>(prepared), plan, sink);
}

}  // namespace ocellus::qavit
