#include "host/run/model.hpp"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/tensor.hpp>

#include "host/run/data_set.hpp"
#include "host/run/interrupt.hpp"

namespace ocellus::run {
namespace {

// The C form of a conversation. Borrows from the sample and the pictures.
struct SampleView {
  std::vector<std::vector<oc_part>> parts;
  std::vector<oc_turn> turns;
  std::vector<oc_image> images;
  oc_sample view{};
};

uint32_t role_number(Role role) {
  switch (role) {
    case Role::system:
      return OC_ROLE_SYSTEM;
    case Role::assistant:
      return OC_ROLE_ASSISTANT;
    case Role::user:
      break;
  }
  return OC_ROLE_USER;
}

SampleView view_of(const Sample& sample, const std::vector<media::Picture>& pictures) {
  SampleView made;
  if (sample.answer && sample.answer->find('\0') != std::string::npos)
    throw Error(OC_E_SAMPLE, "the given answer holds a NUL byte");
  for (const Turn& turn : sample.turns) {
    std::vector<oc_part>& parts = made.parts.emplace_back();
    for (const Part& part : turn.parts) {
      if (!part.is_image && part.text.find('\0') != std::string::npos)
        throw Error(OC_E_SAMPLE, "the prompt holds a NUL byte");
      parts.push_back({part.is_image ? uint32_t{OC_PART_IMAGE} : uint32_t{OC_PART_TEXT},
                       static_cast<uint32_t>(part.image), part.text.c_str()});
    }
  }
  for (size_t i = 0; i < sample.turns.size(); ++i) {
    made.turns.push_back(
        {role_number(sample.turns[i].role), static_cast<uint32_t>(made.parts[i].size()), made.parts[i].data()});
  }
  for (const media::Picture& picture : pictures) {
    made.images.push_back(
        {static_cast<uint32_t>(picture.width), static_cast<uint32_t>(picture.height), picture.rgb.get()});
  }
  made.view.struct_size = sizeof made.view;
  made.view.n_turns = static_cast<uint32_t>(made.turns.size());
  made.view.n_images = static_cast<uint32_t>(made.images.size());
  made.view.turns = made.turns.data();
  made.view.images = made.images.data();
  made.view.answer = sample.answer ? sample.answer->c_str() : nullptr;
  return made;
}

int32_t cancelled(void*) noexcept {
  return interrupted() ? 1 : 0;
}

}  // namespace

const registry::PluginRecord& detect_model(const registry::Registry& registry, const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw Error(OC_E_MODEL, fmt::format("--model {}: there is no such folder", folder.string()));
  }
  const std::filesystem::path file = folder / "config.json";
  if (!std::filesystem::exists(file)) {
    throw Error(OC_E_MODEL,
                fmt::format("--model {}: the folder has no config.json: give the folder as downloaded from the hub",
                            folder.string()));
  }
  const nlohmann::json config = nlohmann::json::parse(read_text_file(file), nullptr, false);
  if (!config.is_object()) throw Error(OC_E_MODEL, fmt::format("{} is not a JSON object", file.string()));
  const std::string type =
      config.contains("model_type") && config["model_type"].is_string() ? config["model_type"].get<std::string>() : "";
  std::vector<std::string> architectures;
  if (config.contains("architectures") && config["architectures"].is_array()) {
    for (const auto& name : config["architectures"]) {
      if (name.is_string()) architectures.push_back(name.get<std::string>());
    }
  }
  if (const registry::PluginRecord* record = registry.model_for(type, architectures)) return *record;
  throw Error(OC_E_UNSUPPORTED,
              fmt::format("{}: no plugin opens a model of type '{}': `ocellus plugins list` shows what there is",
                          file.string(), type));
}

Model::Prepared::~Prepared() {
  if (pointer_ != nullptr) model_->table_->release(model_->self_, pointer_);
}

Model::Model(registry::Registry& registry, const registry::PluginRecord& record, options::Values values,
             const ModelSettings& settings)
    : record_(record), plugin_(std::make_unique<services::PluginInstance>("model " + record.id, std::move(values))) {
  const std::string folder = std::filesystem::absolute(settings.folder).string();
  const oc_plugin* const loaded = registry.load(record);
  table_ = static_cast<const oc_model_1*>(loaded->table);
  gradients_ = static_cast<const oc_gradients_1*>(read_descriptor(loaded, "a plugin").gradients);
  oc_model_settings raw{};
  raw.struct_size = sizeof raw;
  raw.threads = settings.threads;
  raw.folder = folder.c_str();
  raw.device = settings.device.c_str();
  raw.dtype = settings.dtype.c_str();
  raw.min_pixels = settings.min_pixels;
  raw.max_pixels = settings.max_pixels;
  plugin_->expect_ok(table_->create(plugin_->host(), &raw, plugin_->options(), &self_));
  for (uint32_t i = 0; const oc_stack* stack = table_->stack(self_, i); ++i)
    stacks_.push_back(read_descriptor(stack, "a stack"));
}

Model::~Model() {
  if (self_ != nullptr) table_->destroy(self_);
}

const oc_stack* Model::stack(std::string_view name) const {
  for (const oc_stack& stack : stacks_) {
    if (stack.id == name) return &stack;
  }
  return nullptr;
}

std::vector<std::filesystem::path> Model::files() const {
  std::vector<std::filesystem::path> files;
  for (uint32_t i = 0; const char* file = table_->file(self_, i); ++i) files.emplace_back(file);
  return files;
}

std::vector<std::pair<std::string, std::string>> Model::facts() const {
  std::vector<std::pair<std::string, std::string>> facts;
  table_->describe(self_, &facts, [](void* context, const char* key, const char* value) noexcept {
    static_cast<decltype(facts)*>(context)->emplace_back(key, value);
  });
  return facts;
}

std::vector<Model::Token> Model::encode(std::string_view text) const {
  std::vector<Token> tokens;
  plugin_->expect_ok(table_->encode(self_, text.data(), text.size(), &tokens,
                                    [](void* context, int64_t id, size_t begin, size_t end) noexcept {
                                      try {
                                        static_cast<std::vector<Token>*>(context)->push_back({id, begin, end});
                                        return oc_status{OC_OK};
                                      } catch (const std::bad_alloc&) {
                                        return oc_status{OC_E_MEMORY};
                                      }
                                    }));
  return tokens;
}

std::vector<int64_t> Model::text_ids(std::string_view text) const {
  std::vector<int64_t> ids, added;
  for (const Token& token : encode("")) added.push_back(token.id);
  for (const Token& token : encode(text)) {
    const bool is_added = token.begin == token.end && std::find(added.begin(), added.end(), token.id) != added.end();
    if (!is_added) ids.push_back(token.id);
  }
  return ids;
}

std::string_view Model::token_bytes(int64_t id) const {
  const char* bytes = nullptr;
  size_t n_bytes = 0;
  plugin_->expect_ok(table_->token_bytes(self_, id, &bytes, &n_bytes));
  return {bytes, n_bytes};
}

Model::Prepared Model::prepare(const Sample& sample, const std::vector<media::Picture>& pictures,
                               services::LayoutBook& layouts) const {
  const SampleView view = view_of(sample, pictures);
  struct Receiver {
    const services::PluginInstance& plugin;
    services::LayoutBook& layouts;
  } receiver{*plugin_, layouts};
  oc_sink sink{};
  sink.struct_size = sizeof sink;
  sink.context = &receiver;
  sink.layout = [](void* raw, const oc_layout* layout) noexcept {
    Receiver& to = *static_cast<Receiver*>(raw);
    return services::serve(to.plugin.host(), [&] { to.layouts.add(*layout); });
  };
  sink.capture = [](void*, const oc_capture*, oc_tensor* take) noexcept {
    const TensorPointer dropped(take);
    return oc_status{OC_E_INTERNAL};
  };
  sink.step = [](void*, const oc_step*) noexcept { return oc_status{OC_E_INTERNAL}; };
  sink.cancelled = cancelled;
  void* pointer = nullptr;
  plugin_->expect_ok(table_->prepare(self_, &view.view, &sink, &pointer));
  return {*this, pointer};
}

oc_cost Model::estimate(const Prepared& prepared, const oc_merged_plan& plan) const {
  oc_cost cost{};
  cost.struct_size = sizeof cost;
  plugin_->expect_ok(table_->estimate(self_, prepared.get(), &plan, &cost));
  return cost;
}

void Model::load() {
  if (!loaded_) plugin_->expect_ok(table_->load(self_));
  loaded_ = true;
}

void Model::execute(const Prepared& prepared, const oc_merged_plan& plan, const oc_sink& sink) {
  plugin_->expect_ok(table_->execute(self_, prepared.get(), &plan, &sink));
}

oc_cost Model::estimate_gradients(const Prepared& prepared, const oc_gradient_plan& plan) const {
  oc_cost cost{};
  cost.struct_size = sizeof cost;
  plugin_->expect_ok(gradients_->estimate(self_, prepared.get(), &plan, &cost));
  return cost;
}

void Model::differentiate(const Prepared& prepared, const oc_gradient_plan& plan, const oc_sink& sink) {
  plugin_->expect_ok(gradients_->execute(self_, prepared.get(), &plan, &sink));
}

}  // namespace ocellus::run
