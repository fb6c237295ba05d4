// Qwen2.5-VL as a model plugin: a folder as downloaded from the hub, opened.
#pragma once

#include <cstdint>
#include <filesystem>
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
#include "plugins/models/common/image/processor_config.hpp"
#include "plugins/models/common/image/resize_option.hpp"
#include "plugins/models/common/lora/lora_option.hpp"
#include "plugins/models/common/tokenizer/token_bytes.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "plugins/models/qwen2_5_vl/chat_template.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"
#include "plugins/models/qwen2_5_vl/prepared_sample.hpp"

namespace ocellus::qwen2_5_vl {

class Qwen2_5VL final : public Model, public Gradients {
 public:
  struct Options : OptionSet {
    ChoiceOption chat_template{*this,
                               "template",
                               "strict",
                               "what to do with a chat template this plugin does not know",
                               {{"strict", "refuse it"}, {"force", "render Qwen2.5-VL's own prompt"}}};
    models::ResizeOption resize{*this};
    models::LoraOption lora{*this};
    models::RandomiseOptions randomise{*this};
  };

  Qwen2_5VL(const Host& host, const oc_model_settings& settings, const Options& options);
  // The same with the options' values; an empty `lora` is none.
  Qwen2_5VL(const Host& host, const oc_model_settings& settings, bool force_template,
            models::Resize resize = models::Resize::pil, const std::filesystem::path& lora = {},
            models::Randomise randomise = {});
  ~Qwen2_5VL() override;

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
  std::filesystem::path folder_;
  std::filesystem::path lora_;  // empty: none
  models::Resize resize_;
  Config config_;
  models::Randomisation randomised_;
  models::GenerationConfig generation_;
  ChatTemplate template_;
  models::QwenImageProcessor processor_;
  models::Tokenizer tokenizer_;
  models::Runtime runtime_;
  std::vector<oc_stack> stacks_;
  std::vector<std::string> files_;
  std::unique_ptr<models::Network> network_;  // after load()
  models::TokenBytes token_bytes_;
};

}  // namespace ocellus::qwen2_5_vl
