#include "plugins/models/llava/model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <numeric>

#include "plugins/models/common/image/pixel_planes.hpp"
#include "plugins/models/common/lora/merge.hpp"
#include "plugins/models/common/stacks/stack.hpp"
#include "plugins/models/llava/layout.hpp"
#include "plugins/models/llava/network.hpp"

namespace ocellus::llava {

namespace {

std::vector<oc_stack> stacks_of(const Config& config) {
  const models::ClipVisionConfig& vision = config.vision;
  return {models::language_stack(config.text), models::vision_stack(vision.layers, vision.heads, vision.hidden_size),
          models::projector_stack(config.text.hidden_size)};
}

models::ClipGeometry geometry_of(const oc_image& image, const models::ClipImageProcessor& processor) {
  constexpr uint32_t most = std::numeric_limits<int>::max() / 2;
  if (image.width > most || image.height > most)
    throw Error(OC_E_SAMPLE, fmt::format("an image of {}x{} pixels is too large", image.width, image.height));
  return models::clip_geometry({static_cast<int>(image.height), static_cast<int>(image.width)}, processor);
}

std::optional<ConversationMode> conversation_mode(const std::string& name) {
  if (name == "auto") return std::nullopt;
  return name == "plain"      ? ConversationMode::plain
         : name == "llava_v1" ? ConversationMode::llava_v1
                              : ConversationMode::vicuna_v1;
}

void refuse_pixel_limits(const oc_model_settings& settings) {
  if (settings.min_pixels <= 0 && settings.max_pixels <= 0) return;
  throw Error(OC_E_OPTION,
              "llava gives every picture the same number of pixels; leave out --min-pixels and --max-pixels");
}

}  // namespace

Llava::Llava(const Host& host, const oc_model_settings& settings, const Options& options)
    : Llava(host, settings,
            FormOptions{.force_template = options.chat_template.value() == "force",
                        .vision_tower = options.vision_tower.value(),
                        .model_base = options.model_base.value(),
                        .conversation = conversation_mode(options.conv_mode.value())},
            options.resize.resize(), options.lora.value(), options.randomise.value()) {}

Llava::Llava(const Host& host, const oc_model_settings& settings, const FormOptions& form, models::Resize resize,
             const std::filesystem::path& lora, models::Randomise randomise)
    : host_(host),
      lora_(lora),
      resize_(resize),
      form_(open_form(settings.folder, form)),
      config_(form_->config()),
      randomised_(randomise.of("model.layers.", config_.text.layers)),
      runtime_(settings, config_.stored_type),
      stacks_(stacks_of(config_)),
      files_(form_->files()),
      token_bytes_([form = form_.get()](int64_t id) { return form->token_bytes(id); }) {
  refuse_pixel_limits(settings);
  const std::filesystem::path own = form_->adapter();
  if (!own.empty() && !lora_.empty())
    throw Error(OC_E_OPTION, fmt::format("{} is a LoRA folder itself; leave out lora=…", own.string()));
  if (lora_.empty()) lora_ = own;
  for (const std::filesystem::path& file : models::lora_files(lora_)) files_.push_back(file.string());
}

Llava::~Llava() = default;

void Llava::describe(const PutText& put) const {
  put("model type", "llava");
  put("parameters", fmt::format("{}", models::parameter_count(weight_table(config_))));
  put("dtype", models::name_of(runtime_.type()));
  if (!lora_.empty()) put("LoRA", lora_.string());
  if (randomised_.top > 0) put("random weights", randomised_.description());
  runtime_.describe(put);
  models::describe_stacks(stacks_[0], stacks_[1], put);
  put("vision features", fmt::format("after layer {}{}", fmt::join(config_.feature_blocks, ", "),
                                     config_.class_token_is_feature ? ", with the class token" : ""));
  put("vocabulary", fmt::format("{}", config_.text.vocabulary));
  put("chat template", form_->prompt_description());
  put("pictures", fmt::format("{}x{} pixels, {}", config_.vision.image_size, config_.vision.image_size,
                              form_->processor().pad    ? "padded to a square"
                              : form_->processor().crop ? "cut from the centre"
                                                        : "squeezed"));
  put("decoding", models::description_of(form_->generation()));
}

void Llava::encode(std::string_view text, const PutToken& put) const {
  for (const models::Token& token : form_->tokenizer().encode(text, /*add_special_tokens=*/true))
    put(token.id, token.begin, token.end);
}

std::string_view Llava::token_bytes(int64_t id) const {
  return token_bytes_.of(id);
}

std::unique_ptr<Model::Prepared> Llava::prepare(const oc_sample& sample, const Sink& sink) const {
  const models::ClipImageProcessor& processor = form_->processor();
  const std::span<const oc_image> images(sample.images, sample.n_images);
  auto prepared = std::make_unique<PreparedSample>();
  for (const oc_image& image : images) {
    prepared->geometries.push_back(geometry_of(image, processor));
    prepared->grid_sizes.insert(prepared->grid_sizes.end(), {1, config_.vision.grid(), config_.vision.grid()});
  }
  // The prompt first: its mistakes are found before time is spent on pixels.
  prepared->prompt = form_->prompt(sample);
  const auto count = static_cast<int64_t>(images.size());
  prepared->positions.axes.resize(prepared->prompt.ids.size());
  std::iota(prepared->positions.axes.begin(), prepared->positions.axes.end(), 0);
  prepared->positions.next = prepared->tokens();
  prepared->tower_tokens = count * config_.vision.tokens();
  prepared->features = count * config_.tokens_of_image();
  prepared->image_size = config_.vision.image_size;

  const auto side = static_cast<size_t>(config_.vision.image_size);
  const size_t pixels = 3 * side * side;
  prepared->pixel_values.resize(images.size() * pixels);
  const auto resize = [&](std::span<const uint8_t> rgb, models::Size from, models::Size to) {
    return models::resize_bicubic(rgb, from, to, resize_);
  };
  for (size_t i = 0; i < images.size(); ++i) {
    sink.stop_if_cancelled();
    const std::span rgb(images[i].rgb, size_t{images[i].height} * images[i].width * 3);
    models::write_clip_pixels(rgb, prepared->geometries[i], processor, resize,
                              std::span(prepared->pixel_values).subspan(i * pixels, pixels));
  }
  prepared->planes = models::pixel_planes(processor, static_cast<int64_t>(side * side), 1);
  publish_layouts(sink, config_, *prepared);
  return prepared;
}

oc_cost Llava::estimate(const Prepared& prepared, const oc_merged_plan& plan) const {
  models::check_plan(plan, served_stacks(config_));
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  return runtime_.cost(sample, models::parameter_count(weight_table(config_)), config_.text,
                       models::activation_bytes(config_.text, runtime_.type(), sample, plan,
                                                tower_memory(config_, runtime_.type(), sample)));
}

oc_cost Llava::estimate(const Prepared& prepared, const oc_gradient_plan& plan) const {
  models::check_gradient_plan(plan, served_stacks(config_));
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  return runtime_.cost(sample, models::parameter_count(weight_table(config_)), config_.text,
                       schedule(sample, plan).bytes);
}

models::GradientSchedule Llava::schedule(const PreparedSample& sample, const oc_gradient_plan& plan) const {
  return {
      config_.text, runtime_.type(), runtime_.device(), sample, plan, tower_memory(config_, runtime_.type(), sample)};
}

void Llava::load() {
  runtime_.begin(host_);
  models::WeightMap weights = form_->weights();
  const auto name_of = [&](std::string_view stored) { return form_->weight_name(stored); };
  models::merge_lora_folder(weights, lora_, name_of, runtime_.type());
  network_ = std::make_unique<models::Network>(config_.text, served_stacks(config_),
                                               models::Generation{form_->generation(), form_->tokenizer()}, weights,
                                               runtime_, image_tower(config_), randomised_);
}

void Llava::execute(const Prepared& prepared, const oc_merged_plan& plan, const Sink& sink) {
  network_->execute(static_cast<const PreparedSample&>(prepared), plan, sink);
}

void Llava::execute(const Prepared& prepared, const oc_gradient_plan& plan, const Sink& sink) {
  const auto& sample = static_cast<const PreparedSample&>(prepared);
  models::check_gradient_plan(plan, served_stacks(config_));
  network_->differentiate(sample, plan, schedule(sample, plan), sink);
}

}  // namespace ocellus::llava
