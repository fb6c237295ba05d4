// LLaVA as a model plugin: a folder as downloaded from the hub, opened.
#pragma once

#include <cstdint>
#include <memory>
#include <ocellus/sdk/model.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/decoder/network.hpp"
#include "plugins/models/common/decoder/randomisation.hpp"
#include "plugins/models/common/decoder/randomise_options.hpp"
#include "plugins/models/common/decoder/runtime.hpp"
#include "plugins/models/common/image/resize_option.hpp"
#include "plugins/models/common/lora/lora_option.hpp"
#include "plugins/models/common/tokenizer/token_bytes.hpp"
#include "plugins/models/llava/checkpoint_form.hpp"
#include "plugins/models/llava/prepared_sample.hpp"

namespace ocellus::llava {

class Llava final : public Model, public Gradients {
 public:
  struct Options : OptionSet {
    ChoiceOption chat_template{*this,
                               "template",
                               "strict",
                               "what to do with a chat template this plugin does not know",
                               {{"strict", "refuse it"}, {"force", "render LLaVA-1.5's own prompt"}}};
    models::ResizeOption resize{*this};
    TextOption vision_tower{*this, "vision-tower", "",
                            "the folder of CLIP's weights, which the original form (liuhaotian/llava-…) leaves out"};
    TextOption model_base{*this, "model-base", "",
                          "the language model's folder, for an original form that holds LoRA or a projector alone"};
    ChoiceOption conv_mode{*this,
                           "conv-mode",
                           "auto",
                           "the original form's prompt",
                           {{"auto", "vicuna_v1; a folder in Hugging Face's form has a template of its own"},
                            {"vicuna_v1", "LLaVA-1.5's: a user and an assistant"},
                            {"llava_v1", "a human and an assistant"},
                            {"plain", "the picture and the text alone"}}};
    models::LoraOption lora{*this};
    models::RandomiseOptions randomise{*this};
  };

  Llava(const Host& host, const oc_model_settings& settings, const Options& options);
  // The same with the options' values; an empty `lora` is none.
  Llava(const Host& host, const oc_model_settings& settings, const FormOptions& form,
        models::Resize resize = models::Resize::pil, const std::filesystem::path& lora = {},
        models::Randomise randomise = {});
  ~Llava() override;

  std::span<const oc_stack> stacks() const override { return stacks_; }
  std::span<const std::string> files() const override { return files_; }
  void describe(const PutText& put) const override;
  void encode(std::string_view text, const PutToken& put) const override;
  std::string_view token_bytes(int64_t id) const override;
  std::unique_ptr<Prepared> prepare(const oc_sample& sample, const Sink& sink) const override;
  oc_cost estimate(const Prepared& prepared, const oc_merged_plan& plan) const override;
  void load() override;
  void execute(const Prepared& prepared, const oc_merged_plan& plan, const Sink& sink) override;
  oc_cost estimate(const Prepared& prepared, const oc_gradient_plan& plan) const override;
  void execute(const Prepared& prepared, const oc_gradient_plan& plan, const Sink& sink) override;

 private:
  models::GradientSchedule schedule(const PreparedSample& sample, const oc_gradient_plan& plan) const;

  Host host_;
  std::filesystem::path lora_;  // empty: none
  models::Resize resize_;
  std::unique_ptr<CheckpointForm> form_;
  const Config& config_;  // the form's
  models::Randomisation randomised_;
  models::Runtime runtime_;
  std::vector<oc_stack> stacks_;
  std::vector<std::string> files_;
  models::TokenBytes token_bytes_;
  std::unique_ptr<models::Network> network_;  // after load()
};

}  // namespace ocellus::llava
