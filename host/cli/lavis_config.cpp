#include "host/cli/lavis_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "host/options/nearest.hpp"

namespace ocellus::cli {
namespace {

using Keys = std::vector<std::string>;

// Of model.qavit_config: what a model can be held to.
const Keys expected{"hidden_size",     "intermediate_size", "num_hidden_layers", "num_attention_heads",
                    "num_channels",    "image_size",        "patch_size",        "layer_norm_eps",
                    "instruction_dim", "integration_point"};

// What is neither ours nor a mistake: a captioning and an answering model, training, and how pictures are prepared,
// which the model's folder knows. A key named here is passed over with all below it.
const Keys unused_of_qavit{
    "attention_dropout",     "initializer_range", "initializer_factor", "projection_size", "hidden_act", "do_resize",
    "do_normalize",          "image_mean",        "image_std",          "vit_model",       "vit_layer",  "vit_type",
    "gradient_checkpointing"};
const Keys unused_of_model{"arch",         "model_type",     "image_captioning_model", "question_answering_model",
                           "text_encoder", "load_finetuned", "load_pretrained",        "finetuned",
                           "pretrained",   "offload_model"};
const Keys unused_of_run{"task",
                         "lr",
                         "lr_sched",
                         "init_lr",
                         "min_lr",
                         "warmup_lr",
                         "warmup_steps",
                         "weight_decay",
                         "max_epoch",
                         "batch_size_train",
                         "batch_size_eval",
                         "num_workers",
                         "accum_grad_iters",
                         "inference_method",
                         "num_beams",
                         "max_len",
                         "min_len",
                         "num_captions",
                         "num_captions_fid",
                         "internal_bsz_fid",
                         "cap_max_length",
                         "cap_min_length",
                         "top_k",
                         "top_p",
                         "repetition_penalty",
                         "num_patches",
                         "prompt",
                         "world_size",
                         "dist_url",
                         "distributed",
                         "evaluate",
                         "train_splits",
                         "valid_splits",
                         "test_splits",
                         "amp",
                         "resume_ckpt_path"};

bool holds(const Keys& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Keys joined(Keys a, const Keys& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class Reader {
 public:
  Reader(const YamlFile& file, const std::vector<std::string>& given) : file_(file), given_(given) {}

  ConfigWords read() {
    each(file_.root(), "", {"model", "run", "datasets", "preprocessors"},
         [&](const std::string& key, const auto& value) {
           if (key == "model") return read_model(value);
           if (key == "run") return read_run(value);
           unused_.push_back(key);
         });
    std::vector<std::string> settings;
    if (!preprocess_.empty()) settings.push_back("preprocess=" + preprocess_);
    if (!expects_.empty()) settings.push_back(fmt::format("expects=\"{}\"", fmt::join(expects_, " ")));
    if (!settings.empty()) add("--adapter", fmt::format("qavit:{}", fmt::join(settings, ",")));
    return {std::move(words_), std::move(unused_)};
  }

 private:
  // Calls use(key, value) for each entry of a section; refuses keys that are none of `known`.
  template <class Use>
  void each(const YAML::Node& section, const std::string& name, const Keys& known, const Use& use) {
    if (!section.IsMap()) file_.refuse(section, fmt::format("{} must be a section of `name: value` lines", name));
    std::set<std::string> seen;
    for (const auto& entry : section) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const std::string where = name.empty() ? "this file" : name;
      if (!holds(known, key)) {
        file_.refuse(entry.first, fmt::format("{} has no '{}', in a file with LAVIS' sections{}", where, key,
                                              options::did_you_mean(key, known)));
      }
      if (!seen.insert(key).second) file_.refuse(entry.first, fmt::format("{} is there twice", key));
      use(key, entry.second);
    }
  }

  void read_model(const YAML::Node& section) {
    each(section, "model", joined(unused_of_model, {"qavit_config"}), [&](const std::string& key, const auto& value) {
      if (key == "qavit_config") return read_qavit(value);
      unused_.push_back("model." + key);
    });
  }

  void read_qavit(const YAML::Node& section) {
    const Keys known = joined(joined(unused_of_qavit, expected), {"do_center_crop"});
    each(section, "model.qavit_config", known, [&](const std::string& key, const auto& value) {
      if (key == "do_center_crop") {
        bool crops = false;
        if (!value.IsScalar() || !YAML::convert<bool>::decode(value, crops))
          file_.refuse(value, "do_center_crop is true or false");
        preprocess_ = crops ? "official" : "squash";
      } else if (holds(expected, key)) {
        expects_.push_back(fmt::format("{}={}", key, word_of(key, value)));
      } else {
        unused_.push_back("model.qavit_config." + key);
      }
    });
  }

  void read_run(const YAML::Node& section) {
    const Keys known = joined(unused_of_run, {"block_num", "seed", "device", "output_dir"});
    each(section, "run", known, [&](const std::string& key, const auto& value) {
      if (key == "block_num") return add("--method", "qa-attention:layers=" + word_of(key, value));
      if (key == "seed") return add("--seed", word_of(key, value));
      if (key == "device") return add("--device", word_of(key, value));
      if (key == "output_dir")
        return add("--out", (file_.path().parent_path() / word_of(key, value)).lexically_normal().string());
      unused_.push_back("run." + key);
    });
  }

  // A text that a SPEC can hold.
  std::string word_of(const std::string& key, const YAML::Node& value) const {
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    if (text.empty() || text.find_first_of("\",\n\r\t") != std::string::npos)
      file_.refuse(value, fmt::format("{} must be a number or a word", key));
    return text;
  }

  void add(const std::string& option, const std::string& value) {
    if (!sets(given_, option)) words_.insert(words_.end(), {option, value});
  }

  const YamlFile& file_;
  const std::vector<std::string>& given_;
  std::vector<std::string> words_, unused_, expects_;
  std::string preprocess_;
};

}  // namespace

bool is_lavis_config(const YamlFile& file) {
  const YAML::Node& root = file.root();
  if (!root.IsMap()) return false;
  for (const auto& entry : root) {
    if (!entry.first.IsScalar() || !entry.second.IsMap()) continue;
    if (entry.first.Scalar() == "model" || entry.first.Scalar() == "run") return true;
  }
  return false;
}

ConfigWords words_of_lavis_config(const YamlFile& file, const std::vector<std::string>& given) {
  return Reader(file, given).read();
}

}  // namespace ocellus::cli
