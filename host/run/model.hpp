// A model plugin at work: its table, its instance, its folder.
#pragma once

#include <ocellus/abi/model.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/registry/registry.hpp"
#include "host/run/sample.hpp"
#include "host/services/layout_book.hpp"
#include "host/services/plugin_instance.hpp"

namespace ocellus::run {

struct ModelSettings {
  std::filesystem::path folder;
  std::string device = "cpu", dtype = "auto";
  uint32_t threads = 0;
  int64_t min_pixels = 0, max_pixels = 0;
};

// Finds the plugin that opens `folder`, by its config.json alone. Throws Error(OC_E_MODEL) if there is no such folder
// or file, Error(OC_E_UNSUPPORTED) if no plugin opens that model type.
const registry::PluginRecord& detect_model(const registry::Registry& registry, const std::filesystem::path& folder);

class Model {
 public:
  // What the model made of one sample; given back to the model at the end.
  class Prepared {
   public:
    Prepared(const Model& model, void* pointer) : model_(&model), pointer_(pointer) {}
    Prepared(Prepared&& other) noexcept : model_(other.model_), pointer_(std::exchange(other.pointer_, nullptr)) {}
    Prepared& operator=(Prepared&&) = delete;
    ~Prepared();
    const void* get() const { return pointer_; }

   private:
    const Model* model_;
    void* pointer_;
  };

  // Opens configuration, tokenizer and processor; no weights.
  Model(registry::Registry& registry, const registry::PluginRecord& record, options::Values values,
        const ModelSettings& settings);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const registry::PluginRecord& record() const { return record_; }
  const std::vector<oc_stack>& stacks() const { return stacks_; }
  // NULL = the model has no such stack.
  const oc_stack* stack(std::string_view name) const;
  std::vector<std::filesystem::path> files() const;
  std::vector<std::pair<std::string, std::string>> facts() const;

  struct Token {
    int64_t id;
    size_t begin, end;  // bytes of the text
  };
  std::vector<Token> encode(std::string_view text) const;
  // The same without the special tokens that the tokenizer adds.
  std::vector<int64_t> text_ids(std::string_view text) const;
  std::string_view token_bytes(int64_t id) const;

  // [any] thread, also while another sample executes. `pictures` are those that parts of `sample` name by index; the
  // layouts are put into `layouts`.
  Prepared prepare(const Sample& sample, const std::vector<media::Picture>& pictures,
                   services::LayoutBook& layouts) const;
  oc_cost estimate(const Prepared& prepared, const oc_merged_plan& plan) const;
  void load();  // once; later calls do nothing
  void execute(const Prepared& prepared, const oc_merged_plan& plan, const oc_sink& sink);
  // Of a model whose record offers probes of gradients.
  oc_cost estimate_gradients(const Prepared& prepared, const oc_gradient_plan& plan) const;
  void differentiate(const Prepared& prepared, const oc_gradient_plan& plan, const oc_sink& sink);

 private:
  const registry::PluginRecord& record_;
  std::unique_ptr<services::PluginInstance> plugin_;
  const oc_model_1* table_ = nullptr;
  const oc_gradients_1* gradients_ = nullptr;
  void* self_ = nullptr;
  std::vector<oc_stack> stacks_;
  bool loaded_ = false;
};

}  // namespace ocellus::run
