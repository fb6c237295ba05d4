// tensors: raw probes for people's own analysis, named and shaped as in Hugging Face, squeezed of batch.
#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <ocellus/sdk.hpp>

namespace ocellus::methods {
namespace {

constexpr const char* input_names[] = {"input_ids", "pixel_values", "image_grid_thw", "position_ids"};

class Tensors : public Method {
 public:
  struct Options : OptionSet {
    WordsOption probes{*this,
                       "probes",
                       "input_ids+image_grid_thw+position_ids+hidden_states+logits_last",
                       "what to export",
                       {{"all", "everything below"},
                        {"input_ids", "[T] int64"},
                        {"pixel_values", "[patches, channels x 2 x patch x patch]"},
                        {"image_grid_thw", "[images, 3] int64, in patches"},
                        {"position_ids", "[3, T] int64"},
                        {"vision_hidden", "[image tokens, width], what the language model is given"},
                        {"hidden_states", "[layers + 1, T, width]; of a model without a decoder its tower's"},
                        {"attentions",
                         "[layers, heads, T, T]: large; of a tower aware of the question attention_<layer> "
                         "[heads, tokens, keys], the question's last"},
                        {"logits_last", "[vocabulary], before penalties"},
                        {"generated_ids", "[G] int64, the stop token included"},
                        {"gradients", "[1, layers, image tokens, width], of the answer's logits by layer outputs"}}};
  } options;

  void plan(const Run& run, Plan& plan) override {
    targets_.clear();
    buffers_.clear();
    inputs_.clear();
    stack_ = run.has_stack("language") ? "language" : "vision";
    const bool has_image = !run.grids(stack_).empty();
    for (const char* name : input_names) {
      const bool of_image = std::strcmp(name, "pixel_values") == 0 || std::strcmp(name, "image_grid_thw") == 0;
      // A tower's positions are those of its grid.
      const bool is_there = run.has_stack("language") || std::strcmp(name, "position_ids") != 0;
      if (wants(name) && is_there && (has_image || !of_image))
        targets_[plan.probe({.kind = OC_PROBE_INPUT, .name = name})] = name;
    }
    const oc_stack& stack = run.stack(stack_);
    // The prompt, and an answer that is given; or the pictures' tokens.
    const int64_t length = run.layout(stack_).n_tokens - run.layout(stack_).n_keys_only;
    if (wants("vision_hidden") && has_image && run.has_stack("projector")) {
      targets_[plan.probe({.kind = OC_PROBE_HIDDEN, .stack = "projector"})] = "vision_hidden";
      buffers_["vision_hidden"] = {{run.layout("projector").n_tokens, int64_t{run.stack("projector").width}}, {}};
    }
    if (wants("hidden_states")) {
      targets_[plan.probe({.kind = OC_PROBE_HIDDEN, .stack = stack_})] = "hidden_states";
      buffers_["hidden_states"] = {{stack.n_layers + int64_t{1}, length, int64_t{stack.width}}, {}};
    }
    if (wants("attentions")) {
      plan_attentions(run, plan, length);
    }
    if (!run.has_stack("language")) return announce(plan);
    if (wants("logits_last")) {
      targets_[plan.probe({.kind = OC_PROBE_LOGITS, .queries = Select::last()})] = "logits_last";
      buffers_["logits_last"] = {{int64_t{stack.vocabulary}}, {}};
    }
    if (wants("gradients") && has_image) {
      // The residual stream behind layer l is number l + 1 of those that the probe knows.
      std::vector<int64_t> outputs(static_cast<size_t>(stack.n_layers));
      std::iota(outputs.begin(), outputs.end(), int64_t{1});
      targets_[plan.probe({.kind = OC_PROBE_GRADIENT,
                           .layers = Select::indices(std::move(outputs)),
                           .queries = Select::images(),
                           .target = Target{}})] = "gradients";
      image_tokens_ = tokens_of_images(run);
      buffers_["gradients"] = {{1, stack.n_layers, static_cast<int64_t>(image_tokens_.size()), int64_t{stack.width}},
                               {}};
    }
    announce(plan);
    if (wants("generated_ids")) plan.generate();
  }

  void capture_raw(const Run& run, const oc_capture* piece) override {
    const std::string& name = targets_.at(piece->probe);
    if (name == of_each_layer || buffers_.contains(name)) return capture(run, Capture(piece));
    const oc_dl_tensor& dl = piece->tensor->dl;
    std::vector<int64_t> shape(dl.shape, dl.shape + dl.ndim);
    if (dl.dtype.code == OC_DTYPE_INT) {
      const auto values = TensorView<int64_t>(piece->tensor).flat();
      inputs_[name] = make_tensor(std::vector<int64_t>(values.begin(), values.end()), std::move(shape));
    } else {
      const auto values = TensorView<float>(piece->tensor).flat();
      inputs_[name] = make_tensor(std::vector<float>(values.begin(), values.end()), std::move(shape));
    }
  }

  // Pieces arrive by layer and rows; each is copied to its place in [layers, (heads,) rows, width].
  void capture(const Run&, const Capture& capture) override {
    const std::string name = name_of(capture);
    Buffer& buffer = buffers_.at(name);
    const std::vector<int64_t>& piece = capture.values().shape();
    if (buffer.values.empty()) buffer.values.resize(buffer.count());
    if (name == "gradients") return copy_gradients(capture, buffer);
    const bool by_head = piece.size() == 3;
    // Keys that a layer does not have are the last ones.
    const int64_t width = buffer.shape.back();
    const int64_t n_rows = buffer.shape.size() > 1 ? buffer.shape[buffer.shape.size() - 2] : 1;
    const bool of_one_layer = name.starts_with("attention_");
    const int64_t n_heads = by_head ? buffer.shape[of_one_layer ? 0 : 1] : 1;
    const int64_t layer = buffer.shape.size() > 2 && !of_one_layer ? capture.layer() : 0;
    for (int64_t head = 0; head < n_heads; ++head) {
      for (size_t row = 0; row < capture.rows().size(); ++row) {
        const std::span<const float> line = by_head ? capture.values().row(head, row) : capture.values().row(row);
        const int64_t at = buffer.shape.size() > 1 ? capture.rows()[row] : 0;
        std::copy_n(line.begin(), width, buffer.values.begin() + ((layer * n_heads + head) * n_rows + at) * width);
      }
    }
  }

  void finish(const Run& run) override {
    ArtifactWriter artifact = run.artifact("tensors/1");
    for (auto& [name, tensor] : inputs_) artifact.tensor(name.c_str(), std::move(tensor));
    for (auto& [name, buffer] : buffers_) artifact.tensor(name.c_str(), std::move(buffer.values), buffer.shape);
    if (wants("generated_ids") && run.has_stack("language")) {
      const oc_layout& layout = run.layout("language");
      std::vector<int64_t> ids(layout.token_ids + run.prompt_tokens(), layout.token_ids + layout.n_tokens);
      const int64_t n = static_cast<int64_t>(ids.size());
      artifact.tensor("generated_ids", std::move(ids), {n});
    }
    artifact.commit();
    buffers_.clear();
    inputs_.clear();
  }

 private:
  struct Buffer {
    std::vector<int64_t> shape;
    std::vector<float> values;

    size_t count() const {
      size_t count = 1;
      for (const int64_t size : shape) count *= static_cast<size_t>(size);
      return count;
    }
  };

  // The target of probes whose captures go into an array for each layer.
  static constexpr const char* of_each_layer = "attention_<layer>";

  // Where layers differ in their keys, one array a layer.
  void plan_attentions(const Run& run, Plan& plan, int64_t length) {
    const oc_stack& stack = run.stack(stack_);
    const auto keys_of = [&](uint32_t layer) { return run.layout(stack_, layer).n_tokens; };
    bool alike = keys_of(0) == length;
    for (uint32_t layer = 1; layer < stack.n_layers; ++layer) alike = alike && keys_of(layer) == keys_of(0);
    targets_[plan.probe({.kind = OC_PROBE_ATTENTION, .stack = stack_})] = alike ? "attentions" : of_each_layer;
    if (alike) buffers_["attentions"] = {{stack.n_layers, stack.n_heads, length, length}, {}};
    for (uint32_t layer = 0; layer < stack.n_layers && !alike; ++layer)
      buffers_["attention_" + std::to_string(layer)] = {{int64_t{stack.n_heads}, length, keys_of(layer)}, {}};
  }

  std::string name_of(const Capture& capture) const {
    const std::string& target = targets_.at(capture.probe());
    return target == of_each_layer ? "attention_" + std::to_string(capture.layer()) : target;
  }

  static std::vector<int64_t> tokens_of_images(const Run& run) {
    std::vector<int64_t> tokens;
    for (const oc_segment& segment : run.segments("language")) {
      for (int64_t token = segment.begin; segment.kind == OC_SEGMENT_IMAGE && token < segment.end; ++token)
        tokens.push_back(token);
    }
    return tokens;
  }

  // The second half of [2, rows, width], each row to the place of its token among those of the images.
  void copy_gradients(const Capture& capture, Buffer& buffer) const {
    const int64_t n_tokens = buffer.shape[2], width = buffer.shape[3];
    for (size_t row = 0; row < capture.rows().size(); ++row) {
      const auto token = std::lower_bound(image_tokens_.begin(), image_tokens_.end(), capture.rows()[row]);
      const int64_t at = (capture.layer() - 1) * n_tokens + (token - image_tokens_.begin());
      const std::span<const float> line = capture.values().row(1, row);
      std::copy(line.begin(), line.end(), buffer.values.begin() + at * width);
    }
  }

  // Everything is kept, and copied tensor by tensor when the artifact is made.
  void announce(Plan& plan) const {
    uint64_t all = 0, largest = 0;
    for (const auto& [name, buffer] : buffers_) {
      const uint64_t bytes = buffer.count() * sizeof(float);
      all += bytes;
      largest = std::max(largest, bytes);
    }
    plan.announce(all + largest);
  }

  bool wants(const char* name) const {
    const std::vector<std::string> words = options.probes.value();
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return word == name || word == "all"; });
  }

  const char* stack_ = "language";
  std::map<uint32_t, std::string> targets_;  // probe id -> array name
  std::map<std::string, Buffer> buffers_;
  std::map<std::string, TensorPointer> inputs_;
  std::vector<int64_t> image_tokens_;  // ascending
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::Tensors, {"org.ocellus.tensors", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "tensors",
                .summary = "raw tensors as in Hugging Face, for your own analysis",
                .probes = {"input/1"},
                .produces = {"tensors/1"}})
