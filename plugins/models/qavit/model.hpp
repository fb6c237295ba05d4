// QA-ViT as a model plugin: a folder as docs/qavit-format.md has it, or that of a plain CLIP, opened.
#pragma once

#include <cstdint>
#include <memory>
#include <ocellus/sdk/model.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/decoder/randomisation.hpp"
#include "plugins/models/common/decoder/randomise_options.hpp"
#include "plugins/models/common/decoder/runtime.hpp"
#include "plugins/models/common/image/clip_processor.hpp"
#include "plugins/models/common/image/resize_option.hpp"
#include "plugins/models/common/tokenizer/token_bytes.hpp"
#include "plugins/models/qavit/config.hpp"
#include "plugins/models/qavit/network.hpp"
#include "plugins/models/qavit/prepared_sample.hpp"

namespace ocellus::qavit {

class QaVit final : public Model, public Gradients {
 public:
  struct Options : OptionSet {
    ChoiceOption preprocess{*this,
                            "preprocess",
                            "official",
                            "how a picture is fitted to the tower's square",
                            {{"official", "as preprocessor_config.json says: CLIP cuts the centre out"},
                             {"squash", "the whole picture is squeezed into it, by Lanczos' filter"}}};
    models::ResizeOption resize{*this};
    TextOption expects{*this, "expects", "",
                       "sizes that config.json must have, as \"hidden_size=768 integration_point=late\""};
    models::RandomiseOptions randomise{*this};
  };

  QaVit(const Host& host, const oc_model_settings& settings, const Options& options);
  // The same with the options' values.
  QaVit(const Host& host, const oc_model_settings& settings, bool squash, models::Resize resize,
        models::Randomise randomise = {});
  ~QaVit() override;

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
  // Throws Error(OC_E_UNSUPPORTED) for a plain CLIP, which reads no text here.
  const models::Tokenizer& tokenizer() const;
  // Of a pass that needs `tower_bytes` beside weights and captures, once the question's encoder has run.
  oc_cost cost(const PreparedSample& sample, uint64_t tower_bytes) const;

  Host host_;
  std::filesystem::path folder_;
  Config config_;
  models::Randomisation randomised_;  // of the tower; the question's encoder stays
  bool squash_;
  models::Resize resize_;
  models::ClipImageProcessor processor_;
  std::optional<models::Tokenizer> tokenizer_;
  models::Runtime runtime_;
  std::vector<oc_stack> stacks_;
  std::vector<std::string> files_;
  std::optional<models::TokenBytes> token_bytes_;
  std::unique_ptr<Network> network_;  // after load()
};

}  // namespace ocellus::qavit
