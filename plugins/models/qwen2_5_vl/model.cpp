#include "plugins/models/qwen2_5_vl/model.hpp"

#include <fmt/format.h>

#include <limits>

#include "plugins/models/common/config/model_files.hpp"
#include "plugins/models/common/image/patches.hpp"
#include "plugins/models/common/image/pixel_planes.hpp"
#include "plugins/models/common/lora/merge.hpp"
#include "plugins/models/common/stacks/stack.hpp"
#include "plugins/models/qwen2_5_vl/layout.hpp"
#include "plugins/models/qwen2_5_vl/network.hpp"
#include "plugins/models/qwen2_5_vl/weight_table.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

// The folder's image processor with the limits of the command line. Throws Error(OC_E_MODEL) if it and config.json
// disagree about patches, Error(OC_E_OPTION) if the limits contradict each other.
models::QwenImageProcessor read_processor(const std::filesystem::path& folder, const oc_model_settings& settings,
                                          const VisionConfig& vision) {
  models::QwenImageProcessor processor = models::read_processor_config(folder);
  if (settings.min_pixels > 0) processor.limits.min_pixels = settings.min_pixels;
  if (settings.max_pixels > 0) processor.limits.max_pixels = settings.max_pixels;
  if (processor.limits.min_pixels > processor.limits.max_pixels) {
    throw Error(settings.min_pixels > 0 || settings.max_pixels > 0 ? OC_E_OPTION : OC_E_MODEL,
                fmt::format("an image must have at least {} and at most {} pixels, which cannot be",
                            processor.limits.min_pixels, processor.limits.max_pixels));
  }
  if (processor.patch_size != vision.patch_size || processor.temporal_patch_size != vision.temporal_patch_size ||
      processor.merge_size != vision.merge_size) {
    throw Error(OC_E_MODEL,
                fmt::format("{}: patch_size, temporal_patch_size and merge_size are {}, {} and {} in "
                            "preprocessor_config.json, but {}, {} and {} in config.json",
                            folder.string(), processor.patch_size, processor.temporal_patch_size, processor.merge_size,
                            vision.patch_size, vision.temporal_patch_size, vision.merge_size));
  }
  return processor;
}

// Borrows the list of blocks with full attention from `config`.
std::vector<oc_stack> stacks_of(const Config& config) {
  const VisionConfig& vision = config.vision;
  oc_stack tower = models::vision_stack(vision.depth, vision.heads, vision.hidden_size);
  if (static_cast<int64_t>(vision.full_attention_blocks.size()) < vision.depth) {
    tower.attention_layers = vision.full_attention_blocks.data();
    tower.n_attention_layers = vision.full_attention_blocks.size();
  }
  return {models::language_stack(config.text), tower, models::projector_stack(vision.out_hidden_size)};
}

}  // namespace

Qwen2_5VL::Qwen2_5VL(const Host& host, const oc_model_settings& settings, const Options& options)
    : Qwen2_5VL(host, settings, options.chat_template.value() == "force", options.resize.resize(), options.lora.value(),
                options.randomise.value()) {}

Qwen2_5VL::Qwen2_5VL(const Host& host, const oc_model_settings& settings, bool force_template, models::Resize resize,
                     const std::filesystem::path& lora, models::Randomise randomise)
    : host_(host),
      folder_(settings.folder),
      lora_(lora),
      resize_(resize),
      config_(read_config(folder_)),
      randomised_(randomise.of("model.layers.", config_.text.layers)),
      generation_(models::read_generation_config(folder_)),
      template_(find_chat_template(folder_, force_template)),
      processor_(read_processor(folder_, settings, config_.vision)),
      tokenizer_(models::Tokenizer::load(folder_)),
      runtime_(settings, config_.stored_type),
      stacks_(stacks_of(config_)),
      files_(models::deciding_files(folder_)),
      token_bytes_(tokenizer_, config_.text.vocabulary) {
  check_prompt_tokens(tokenizer_, config_);
  for (const std::filesystem::path& file : models::lora_files(lora_)) files_.push_back(file.string());
}

Qwen2_5VL::~Qwen2_5VL() = default;

void Qwen2_5VL::describe(const PutText& put) const {
  put("model type", name_of(config_.vision.family));
  put("parameters", fmt::format("{}", parameter_count(config_)));
  put("dtype", models::name_of(runtime_.type()));
  if (!lora_.empty()) put("LoRA", lora_.string());
  if (randomised_.top > 0) put("random weights", randomised_.description());
  runtime_.describe(put);
  models::describe_stacks(stacks_[0], stacks_[1], put);
  put("vocabulary", fmt::format("{}", config_.text.vocabulary));
  put("chat template", template_.description);
  put("pixels", fmt::format("{} to {}", processor_.limits.min_pixels, processor_.limits.max_pixels));
  put("decoding", models::description_of(generation_));
}

void Qwen2_5VL::encode(std::string_view text, const PutToken& put) const {
  for (const models::Token& token : tokenizer_.encode(text, /*add_special_tokens=*/true)) {
    put(token.id, token.begin, token.end);
  }
}

std::string_view Qwen2_5VL::token_bytes(int64_t id) const {
  return token_bytes_.of(id);
}

std::unique_ptr<Model::Prepared> Qwen2_5VL::prepare(const oc_sample& sample, const Sink& sink) const {
  auto prepared = std::make_unique<PreparedSample>();
  const std::span<const oc_image> images(sample.images, sample.n_images);
  std::vector<models::Size> sizes;
  std::vector<int64_t> image_tokens;
  for (const oc_image& image : images) {
    if (image.width > std::numeric_limits<int>::max() || image.height > std::numeric_limits<int>::max()) {
      throw Error(OC_E_SAMPLE, fmt::format("an image of {}x{} pixels is too large", image.width, image.height));
    }
    const models::Size source{static_cast<int>(image.height), static_cast<int>(image.width)};
    const models::Size size = sizes.emplace_back(models::processed_size(source, processor_));
    const models::Size patches = models::patch_grid(size, processor_);
    const PatchGrid& grid = prepared->grids.emplace_back(PatchGrid{1, patches.height, patches.width});
    image_tokens.push_back(grid.units(config_.vision));
    prepared->grid_sizes.insert(prepared->grid_sizes.end(), {grid.frames, grid.height, grid.width});
    prepared->tower_tokens += grid.patches();
    prepared->features += image_tokens.back();
  }
  // The prompt first: its mistakes are found before time is spent on pixels.
  const RenderedPrompt rendered = render_prompt(sample, template_.default_system);
  prepared->prompt = tokenize_prompt(rendered, tokenizer_, config_, image_tokens);
  if (sample.answer != nullptr)
    append_given_answer(prepared->prompt, sample.answer, sample.n_turns, tokenizer_, config_);
  models::require_embedded(prepared->prompt, config_.text.vocabulary, folder_);
  prepared->positions = rotary_positions(prepared->prompt, prepared->grids, config_.vision.merge_size);

  const auto row_size = static_cast<size_t>(config_.vision.patch_elements());
  prepared->pixel_values.resize(static_cast<size_t>(prepared->tower_tokens) * row_size);
  std::span<float> rest = prepared->pixel_values;
  for (size_t i = 0; i < images.size(); ++i) {
    sink.stop_if_cancelled();
    const models::Size source{static_cast<int>(images[i].height), static_cast<int>(images[i].width)};
    const std::span rgb(images[i].rgb, static_cast<size_t>(source.height) * static_cast<size_t>(source.width) * 3);
    const size_t count = static_cast<size_t>(prepared->grids[i].patches()) * row_size;
    models::write_patches(models::resize_bicubic(rgb, source, sizes[i], resize_), sizes[i], processor_,
                          rest.first(count));
    rest = rest.subspan(count);
  }
  // Of each patch and channel, its pixels; again for each frame.
  prepared->planes = models::pixel_planes(processor_, int64_t{processor_.patch_size} * processor_.patch_size,
                                          processor_.temporal_patch_size);
  publish_layouts(sink, config_, *prepared, images);
  return prepared;
}

oc_cost Qwen2_5VL::estimate(const Prepared& prepared, const oc_merged_plan& plan) const {
  models::check_plan(plan, served_stacks(config_));
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  return runtime_.cost(sample, parameter_count(config_), config_.text,
                       models::activation_bytes(config_.text, runtime_.type(), sample, plan,
                                                tower_memory(config_, runtime_.type(), sample)));
}

oc_cost Qwen2_5VL::estimate(const Prepared& prepared, const oc_gradient_plan& plan) const {
  models::check_gradient_plan(plan, served_stacks(config_));
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  return runtime_.cost(sample, parameter_count(config_), config_.text, schedule(sample, plan).bytes);
}

models::GradientSchedule Qwen2_5VL::schedule(const PreparedSample& sample, const oc_gradient_plan& plan) const {
  return {
      config_.text, runtime_.type(), runtime_.device(), sample, plan, tower_memory(config_, runtime_.type(), sample)};
}

void Qwen2_5VL::load() {
  runtime_.begin(host_);
  models::WeightMap weights = match_weights(models::Checkpoint::open(folder_), config_, folder_);
  const auto name_of = [&](std::string_view stored) { return table_name(stored, config_); };
  models::merge_lora_folder(weights, lora_, name_of, runtime_.type());
  network_ = std::make_unique<models::Network>(config_.text, served_stacks(config_),
                                               models::Generation{generation_, tokenizer_}, weights, runtime_,
                                               image_tower(config_), randomised_);
}

void Qwen2_5VL::execute(const Prepared& prepared, const oc_merged_plan& plan, const Sink& sink) {
  network_->execute(static_cast<const PreparedSample&>(prepared), plan, sink);
}

void Qwen2_5VL::execute(const Prepared& prepared, const oc_gradient_plan& plan, const Sink& sink) {
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  models::check_gradient_plan(plan, served_stacks(config_));
  network_->differentiate(sample, plan, schedule(sample, plan), sink);
}

}  // namespace ocellus::qwen2_5_vl
