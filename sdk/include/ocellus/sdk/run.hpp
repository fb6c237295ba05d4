// The sample at hand: its layout, its pictures, its record, and the artifacts a method makes of it.
#pragma once

#include <ocellus/abi/services.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ocellus/sdk/host.hpp>
#include <ocellus/sdk/tensor.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocellus {

// An artifact being made. Uncommitted ones are thrown away by the host.
class ArtifactWriter {
 public:
  ArtifactWriter(const oc_artifact_1& service, const oc_run* run, const char* type, const char* name, int32_t image)
      : service_(service) {
    check(service_.open(run, type, name, image, &artifact_));
  }
  ArtifactWriter(ArtifactWriter&& other) noexcept
      : service_(other.service_), artifact_(std::exchange(other.artifact_, nullptr)) {}
  ArtifactWriter& tensor(const char* key, TensorPointer tensor) {
    check(service_.put_tensor(artifact_, key, tensor.release()));
    return *this;
  }
  template <class T>
  ArtifactWriter& tensor(const char* key, std::vector<T> values, std::vector<int64_t> shape) {
    return tensor(key, make_tensor(std::move(values), std::move(shape)));
  }
  ArtifactWriter& text(const char* key, const std::string& value) {
    check(service_.put_text(artifact_, key, value.c_str()));
    return *this;
  }
  ArtifactWriter& number(const char* key, double value) {
    check(service_.put_number(artifact_, key, value));
    return *this;
  }
  void commit() { check(service_.commit(std::exchange(artifact_, nullptr))); }

 private:
  const oc_artifact_1& service_;
  oc_artifact* artifact_ = nullptr;
};

// A stored artifact, as a renderer reads it.
class ArtifactView {
 public:
  ArtifactView(const oc_artifact_1& service, const oc_artifact* artifact) : service_(&service), artifact_(artifact) {}
  std::string_view type() const { return service_->type(artifact_); }
  std::string label() const { return service_->label(artifact_); }
  int32_t image() const { return service_->image(artifact_); }
  bool has(const char* key) const { return service_->tensor(artifact_, key) != nullptr; }
  template <class T>
  TensorView<T> tensor(const char* key) const {
    return TensorView<T>(service_->tensor(artifact_, key));
  }
  std::string text(const char* key, const char* or_else = "") const {
    const char* value = service_->text(artifact_, key);
    return value != nullptr ? value : or_else;
  }
  double number(const char* key, double or_else = std::numeric_limits<double>::quiet_NaN()) const {
    double value = or_else;
    return service_->number(artifact_, key, &value) == OC_OK ? value : or_else;
  }
  const oc_artifact* raw() const { return artifact_; }

 private:
  const oc_artifact_1* service_;
  const oc_artifact* artifact_;
};

inline std::vector<ArtifactView> views_of(const Host& host, const oc_artifact* const* artifacts, size_t n) {
  const auto& service = host.service<oc_artifact_1>(OC_SERVICE_ARTIFACT);
  std::vector<ArtifactView> views;
  for (size_t i = 0; i < n; ++i) views.emplace_back(service, artifacts[i]);
  return views;
}

// The values of a text that holds one a line, as columns of tables do.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The other way; line breaks within a value become blanks.
inline std::string joined_lines(const std::vector<std::string>& values) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) {
    std::string line = values[i];
    std::replace(line.begin(), line.end(), '\n', ' ');
    text += (i == 0 ? "" : "\n") + line;
  }
  return text;
}

class Run {
 public:
  Run(const Host& host, const oc_run* run) : host_(host), run_(run) {}

  bool has_stack(const char* name) const {
    return host_.service<oc_layout_1>(OC_SERVICE_LAYOUT).stack(run_, name) != nullptr;
  }
  const oc_stack& stack(const char* name) const {
    const oc_stack* stack = host_.service<oc_layout_1>(OC_SERVICE_LAYOUT).stack(run_, name);
    if (stack == nullptr) throw Error(OC_E_UNSUPPORTED, std::string("the model has no stack called ") + name);
    return *stack;
  }
  // Those of its layers whose attention rows can be asked for; sorted.
  std::vector<int64_t> attention_layers(const char* name) const {
    const oc_stack& of = stack(name);
    std::vector<int64_t> layers(of.attention_layers, of.attention_layers + of.n_attention_layers);
    if (of.attention_layers == nullptr) {
      for (int64_t layer = 0; layer < of.n_layers; ++layer) layers.push_back(layer);
    }
    return layers;
  }
  const oc_layout& layout(const char* name, uint32_t layer = 0, uint32_t variant = 0) const {
    const oc_layout* layout = host_.service<oc_variant_1>(OC_SERVICE_VARIANT).layout(run_, variant, name, layer);
    if (layout == nullptr) throw Error(OC_E_UNSUPPORTED, std::string("there is no layout of a stack called ") + name);
    return *layout;
  }
  // Those of its layers in which the image's tokens see a question whose own tokens have no rows (QA-ViT's tower).
  std::vector<int64_t> question_aware_layers(const char* name) const {
    std::vector<int64_t> layers;
    for (int64_t layer = 0; layer < stack(name).n_layers; ++layer) {
      if (layout(name, static_cast<uint32_t>(layer)).n_keys_only > 0) layers.push_back(layer);
    }
    return layers;
  }
  // The tokens of such a question; none where no layer sees it.
  std::vector<int64_t> question_keys(const char* name) const {
    const std::vector<int64_t> aware = question_aware_layers(name);
    std::vector<int64_t> tokens;
    if (aware.empty()) return tokens;
    const oc_layout& of = layout(name, static_cast<uint32_t>(aware.back()));
    for (int64_t token = of.n_tokens - of.n_keys_only; token < of.n_tokens; ++token) tokens.push_back(token);
    return tokens;
  }
  std::span<const oc_segment> segments(const char* stack) const {
    const oc_layout& of = layout(stack);
    return {of.segments, of.n_segments};
  }
  std::span<const oc_cell> cells(const char* stack) const {
    const oc_layout& of = layout(stack);
    return {of.cells, of.n_cells};
  }
  std::span<const oc_grid> grids(const char* stack) const {
    const oc_layout& of = layout(stack);
    return {of.grids, of.n_grids};
  }
  int64_t prompt_tokens() const { return host_.service<oc_layout_1>(OC_SERVICE_LAYOUT).prompt_tokens(run_); }
  // Without the stop token; -1 when nothing was generated.
  int64_t answer_tokens() const { return host_.service<oc_layout_1>(OC_SERVICE_LAYOUT).answer_tokens(run_); }

  // The most tokens that the answer may have, for estimates; of a given one those that it has.
  int64_t most_answer_tokens() const { return host_.service<oc_answer_1>(OC_SERVICE_ANSWER).most_tokens(run_); }
  // In finish: what the model generated, the stop token included. Empty for a given answer.
  std::span<const oc_answer_token> generated() const {
    size_t n = 0;
    const oc_answer_token* tokens = host_.service<oc_answer_1>(OC_SERVICE_ANSWER).tokens(run_, &n);
    return {tokens, n};
  }

  // What a token stands for; may be part of a character. Lives as long as the run.
  std::string_view token_bytes(int64_t id) const {
    const char* bytes = nullptr;
    size_t n = 0;
    check(host_.service<oc_tokens_1>(OC_SERVICE_TOKENS).bytes(run_, id, &bytes, &n));
    return {bytes, n};
  }

  // What the model's tokenizer makes of a text, without the special tokens that it adds.
  std::vector<int64_t> token_ids(const std::string& text) const {
    const auto& service = host_.service<oc_token_ids_1>(OC_SERVICE_TOKEN_IDS);
    size_t n = 0;
    check(service.encode(run_, text.c_str(), nullptr, &n));
    std::vector<int64_t> ids(n);
    check(service.encode(run_, text.c_str(), ids.data(), &n));
    return ids;
  }

  // "id", "model", "question", "answer", "prompt", "fact.category", ...; empty where none is recorded.
  std::string text(const char* key) const {
    const char* value = host_.service<oc_record_1>(OC_SERVICE_RECORD).text(run_, key);
    return value != nullptr ? value : "";
  }
  // Of everything that a method draws at random; the same for all samples of a run.
  uint64_t seed() const {
    const std::string digits = text("seed");
    return digits.empty() ? 0 : std::stoull(digits);
  }
  std::span<const oc_box> boxes() const {
    size_t n = 0;
    const oc_box* boxes = host_.service<oc_record_1>(OC_SERVICE_RECORD).boxes(run_, &n);
    return {boxes, n};
  }
  oc_image picture(int32_t image) const {
    oc_image picture{};
    check(host_.service<oc_media_1>(OC_SERVICE_MEDIA).picture(run_, image, &picture));
    return picture;
  }
  ArtifactWriter artifact(const char* type, int32_t image = -1, const char* name = "") const {
    return {host_.service<oc_artifact_1>(OC_SERVICE_ARTIFACT), run_, type, name, image};
  }
  // What its method called an artifact, "" for its main one: artifacts of one label and name differ in the image alone.
  std::string name_of(const ArtifactView& artifact) const {
    return host_.service<oc_images_1>(OC_SERVICE_IMAGES).name(artifact.raw());
  }
  // Lets `write(path)` write one file of `artifact`; it appears under its name only if `write` returns.
  template <class Write>
  void output(const ArtifactView& artifact, int32_t layer, const char* part, const char* extension,
              Write&& write) const {
    const char* path = nullptr;
    check(host_.service<oc_output_1>(OC_SERVICE_OUTPUT).open(run_, artifact.raw(), layer, part, extension, &path));
    finish_output(path, write);
  }
  // The same for a file that shows the artifact together with those of the other images.
  template <class Write>
  void output_of_images(const ArtifactView& artifact, int32_t layer, const char* part, const char* extension,
                        Write&& write) const {
    const char* path = nullptr;
    check(host_.service<oc_images_1>(OC_SERVICE_IMAGES).open(run_, artifact.raw(), layer, part, extension, &path));
    finish_output(path, write);
  }
  // What is drawn are results over all samples, of one run or of several.
  bool is_collection() const { return host_.service<oc_collection_1>(OC_SERVICE_COLLECTION).is_collection(run_) != 0; }
  // Where an artifact comes from: "run", "model", "sample"; empty where it has none.
  std::string source_of(const ArtifactView& artifact, const char* key) const {
    const char* value = host_.service<oc_collection_1>(OC_SERVICE_COLLECTION).source(artifact.raw(), key);
    return value != nullptr ? value : "";
  }
  // As output(), for a result over samples under a name of the user's (abi/services.h).
  template <class Write>
  void output_named(const std::string& pattern, const std::vector<std::pair<std::string, std::string>>& words,
                    const char* extension, Write&& write) const {
    std::vector<oc_word> raw;
    for (const auto& [key, value] : words) raw.push_back({key.c_str(), value.c_str()});
    const char* path = nullptr;
    check(host_.service<oc_collection_1>(OC_SERVICE_COLLECTION)
              .open(run_, pattern.c_str(), raw.data(), raw.size(), extension, &path));
    finish_output(path, write);
  }
  // How many samples are to be drawn together; 0 = one sample, or results over samples (abi/renderer.h).
  size_t n_samples() const { return host_.service<oc_samples_1>(OC_SERVICE_SAMPLES).count(run_); }
  // `visit(sample, artifacts)` sees one of them; what it is given lives until it returns.
  template <class Visit>
  void with_sample(size_t index, Visit&& visit) const {
    const oc_run* sample = nullptr;
    const oc_artifact* const* artifacts = nullptr;
    size_t n = 0;
    check(host_.service<oc_samples_1>(OC_SERVICE_SAMPLES).open(run_, index, &sample, &artifacts, &n));
    visit(Run(host_, sample), views_of(host_, artifacts, n));
  }
  // "pointing", "energy", "centre", "random", "faithfulness.gap", ... of a map in its stack; none where it is not
  // recorded (abi/services.h).
  std::optional<double> score_of(const ArtifactView& artifact, size_t map, const char* score) const {
    double value = 0;
    const oc_status status =
        host_.service<oc_scores_1>(OC_SERVICE_SCORES).of_map(run_, artifact.raw(), map, score, &value);
    return status == OC_OK ? std::optional<double>(value) : std::nullopt;
  }
  const Host& host() const { return host_; }

 private:
  template <class Write>
  void finish_output(const char* path, Write& write) const {
    write(path);
    check(host_.service<oc_output_1>(OC_SERVICE_OUTPUT).commit(run_, path));
  }

  const Host& host_;
  const oc_run* run_;
};

}  // namespace ocellus
