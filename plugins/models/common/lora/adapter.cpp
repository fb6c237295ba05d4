#include "plugins/models/common/lora/adapter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <ocellus/sdk/error.hpp>
#include <utility>

#include "plugins/models/common/lora/adapter_config.hpp"
#include "plugins/models/common/lora/nearest_name.hpp"
#include "plugins/models/common/pickle/torch_file.hpp"
#include "plugins/models/common/weights/quoted_name.hpp"
#include "plugins/models/common/weights/safetensors.hpp"

namespace ocellus::models {
namespace {

namespace fs = std::filesystem;

// A tensor of an adapter, by what its name says.
struct Part {
  enum class Kind { a, b, replacement } kind;
  std::string module;  // its path in the model that was trained; of a replacement, with .weight or .bias
  bool is_embedding = false;
};

bool strip_suffix(std::string_view& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

// `part` left out of `name`, where it is a whole step of the path.
void remove_step(std::string& name, std::string_view part) {
  if (const std::size_t at = name.find(part); at != std::string::npos) name.erase(at, part.size() - 1);
}

class AdapterReader {
 public:
  AdapterReader(const fs::path& folder, const WeightMap& weights, const TableName& table_name)
      : folder_(folder), config_(read_lora_config(folder)), weights_(weights), table_name_(table_name) {}

  LoraAdapter read(std::span<const TensorView> tensors) {
    for (const TensorView& tensor : tensors) add(tensor);
    for (const auto& [name, update] : adapter_.updates) check(name, update);
    if (adapter_.updates.empty() && adapter_.replacements.empty()) fail("it holds no tensors");
    return std::move(adapter_);
  }

 private:
  template <class... Values>
  [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) const {
    throw Error(OC_E_MODEL, fmt::format("the LoRA folder {}: {}; use an adapter of this model", folder_.string(),
                                        fmt::format(format, std::forward<Values>(values)...)));
  }
  static std::string shown(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

  Part part_of(const TensorView& tensor) const {
    std::string_view name = tensor.name;
    constexpr std::string_view wrapper = "base_model.model.";
    if (!name.starts_with(wrapper)) fail("the tensor {} is not named as PEFT does", quoted_name(name));
    name.remove_prefix(wrapper.size());
    for (const char* other : {"lora_magnitude_vector", "lora_A.bias", "lora_B.bias"})
      if (name.find(other) != name.npos) fail("the tensor {} is more than LoRA", quoted_name(tensor.name));
    struct Ending {
      std::string_view text;
      Part::Kind kind;
      bool is_embedding;
    };
    // With the adapter's name in it where the state dict was saved as it is.
    constexpr std::array<Ending, 8> endings{{{".lora_A.weight", Part::Kind::a, false},
                                             {".lora_B.weight", Part::Kind::b, false},
                                             {".lora_A.default.weight", Part::Kind::a, false},
                                             {".lora_B.default.weight", Part::Kind::b, false},
                                             {".lora_embedding_A", Part::Kind::a, true},
                                             {".lora_embedding_B", Part::Kind::b, true},
                                             {".lora_embedding_A.default", Part::Kind::a, true},
                                             {".lora_embedding_B.default", Part::Kind::b, true}}};
    for (const Ending& ending : endings)
      if (strip_suffix(name, ending.text)) return {ending.kind, std::string(name), ending.is_embedding};
    Part part{Part::Kind::replacement, std::string(name)};
    for (const char* step : {".modules_to_save.default.", ".modules_to_save.", ".base_layer."})
      remove_step(part.module, step);
    return part;
  }

  // The table's name of a weight; there has to be one.
  std::string weight_of(const std::string& name, const TensorView& tensor) const {
    std::string found = table_name_(name);
    if (!weights_.contains(found)) {
      // A name that the model passes over is no name of a weight either: a tied head, for one.
      fail("the tensor {} is for the weight {}, which the model does not have; the nearest is {}",
           quoted_name(tensor.name), quoted_name(found.empty() ? name : found),
           quoted_name(nearest_name(found.empty() ? name : found, weights_)));
    }
    // Of a tied model this would also be the head, which the adapter was not trained with.
    if (found == "model.embed_tokens.weight" && !weights_.contains("lm_head.weight"))
      fail("the tensor {} changes the embedding, which is also the model's head", quoted_name(tensor.name));
    return found;
  }

  void add(const TensorView& tensor) {
    const Part part = part_of(tensor);
    if (part.kind == Part::Kind::replacement) {
      const std::string name = weight_of(part.module, tensor);
      if (tensor.shape != weights_.at(name).shape)
        fail("the tensor {} is {}, but the weight is {}", quoted_name(tensor.name), shown(tensor.shape),
             shown(weights_.at(name).shape));
      if (!adapter_.replacements.emplace(name, tensor).second)
        fail("the tensor {} comes twice", quoted_name(tensor.name));
      return;
    }
    LowRankUpdate& update = adapter_.updates[weight_of(part.module + ".weight", tensor)];
    TensorView& half = part.kind == Part::Kind::a ? update.a : update.b;
    if (!half.name.empty()) fail("the tensor {} comes twice", quoted_name(tensor.name));
    half = tensor;
    update.is_embedding = part.is_embedding;
    update.scaling = config_.scaling_of(part.module);
    ranks_[&update] = config_.rank_of(part.module);
  }

  void check(const std::string& name, const LowRankUpdate& update) const {
    if (update.a.name.empty() || update.b.name.empty())
      fail("of the weight {} there is {} only", quoted_name(name),
           quoted_name(update.a.name.empty() ? update.b.name : update.a.name));
    const std::vector<int64_t>& shape = weights_.at(name).shape;
    const int64_t rank = ranks_.at(&update);
    if (shape.size() != 2) fail("the weight {} {} is no matrix", quoted_name(name), shown(shape));
    const int64_t in = update.is_embedding ? shape[0] : shape[1], out = update.is_embedding ? shape[1] : shape[0];
    const std::vector<int64_t> a{rank, in}, b{out, rank};
    for (const auto& [half, wanted] : {std::pair(&update.a, &a), std::pair(&update.b, &b)})
      if (half->shape != *wanted)
        fail("the tensor {} is {}, but its weight and rank ask for {}", quoted_name(half->name), shown(half->shape),
             shown(*wanted));
  }

  const fs::path& folder_;
  LoraConfig config_;
  const WeightMap& weights_;
  const TableName& table_name_;
  LoraAdapter adapter_;
  std::map<const LowRankUpdate*, int64_t> ranks_;
};

fs::path weights_file(const fs::path& folder) {
  for (const char* name : {"adapter_model.safetensors", "adapter_model.bin"})
    if (fs::exists(folder / name)) return folder / name;
  throw Error(OC_E_MODEL, fmt::format("the LoRA folder {} holds neither adapter_model.safetensors nor "
                                      "adapter_model.bin; name the folder that PEFT saved",
                                      folder.string()));
}

}  // namespace

std::vector<fs::path> lora_files(const fs::path& folder) {
  if (folder.empty()) return {};
  const fs::path config = folder / "adapter_config.json";
  if (!fs::exists(config))
    throw Error(OC_E_MODEL, fmt::format("the LoRA folder {} holds no adapter_config.json; name the folder that PEFT "
                                        "saved",
                                        folder.string()));
  return {config, weights_file(folder)};
}

LoraAdapter read_lora_adapter(const fs::path& folder, const WeightMap& weights, const TableName& table_name) {
  const fs::path file = lora_files(folder)[1];
  AdapterReader reader(folder, weights, table_name);
  if (file.extension() == ".bin") return reader.read(open_torch_file(file));
  const SafetensorsFile stored = SafetensorsFile::open(file);
  return reader.read(stored.tensors());
}

}  // namespace ocellus::models
