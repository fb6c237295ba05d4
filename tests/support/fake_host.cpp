#include "tests/support/fake_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "host/options/spec.hpp"
#include "host/options/values.hpp"
#include "host/registry/describe.hpp"
#include "host/registry/library.hpp"

using ocellus::test::FakeHost;

struct oc_run {
  FakeHost* host;
};

struct oc_options {
  FakeHost* host;
  ocellus::options::Values values;
};

struct oc_artifact {
  FakeHost* host;
  std::string type, label, name;
  int32_t image;
  std::vector<std::string> keys{};
  std::map<std::string, ocellus::TensorPointer> tensors{};
  std::map<std::string, std::string> texts{};
  std::map<std::string, double> numbers{};
};

namespace ocellus::test {

// The functions behind the tables.
struct FakeServices {
  static FakeHost& of(const oc_host* host) { return *static_cast<FakeHost*>(host->self); }

  static oc_status fail(const oc_host* host, oc_status status, const char* sentence) noexcept {
    of(host).failures.emplace_back(sentence);
    return status;
  }
  static void log(const oc_host* host, uint32_t level, const char* sentence) noexcept {
    if (level == OC_LOG_WARNING) of(host).warnings.emplace_back(sentence);
  }

  template <class T, class Out>
  static oc_status option(const oc_options* options, const char* key, Out* out) noexcept {
    return guarded(options->host->host(), [&] { *out = std::get<T>(*options->values.find(key)); });
  }
  static oc_status option_text(const oc_options* options, const char* key, const char** out) noexcept {
    return guarded(options->host->host(), [&] { *out = options->values.text(key).c_str(); });
  }
  static oc_status option_indices(const oc_options* options, const char* key, const char* what, int64_t count,
                                  int64_t* out, size_t* n) noexcept {
    return guarded(options->host->host(), [&] {
      const auto indices = std::get<options::IndexSet>(*options->values.find(key)).resolve(what, count);
      if (out != nullptr) std::copy(indices.begin(), indices.end(), out);
      *n = indices.size();
    });
  }

  static oc_status open_artifact(const oc_run* run, const char* type, const char* name, int32_t image,
                                 oc_artifact** out) noexcept {
    *out = new oc_artifact{run->host, type, run->host->label, name, image};
    return OC_OK;
  }
  static oc_status put_tensor(oc_artifact* artifact, const char* key, oc_tensor* take) noexcept {
    artifact->keys.emplace_back(key);
    artifact->tensors[key] = TensorPointer(take);
    return OC_OK;
  }
  static oc_status put_text(oc_artifact* artifact, const char* key, const char* value) noexcept {
    artifact->keys.emplace_back(key);
    artifact->texts[key] = value;
    return OC_OK;
  }
  static oc_status put_number(oc_artifact* artifact, const char* key, double value) noexcept {
    artifact->keys.emplace_back(key);
    artifact->numbers[key] = value;
    return OC_OK;
  }
  static oc_status commit_artifact(oc_artifact* take) noexcept {
    take->host->artifacts_.emplace_back(take);
    return OC_OK;
  }
  static const char* type(const oc_artifact* artifact) noexcept { return artifact->type.c_str(); }
  static const char* label(const oc_artifact* artifact) noexcept { return artifact->label.c_str(); }
  static int32_t image(const oc_artifact* artifact) noexcept { return artifact->image; }
  static const oc_tensor* tensor(const oc_artifact* artifact, const char* key) noexcept {
    const auto at = artifact->tensors.find(key);
    return at != artifact->tensors.end() ? at->second.get() : nullptr;
  }
  static const char* text(const oc_artifact* artifact, const char* key) noexcept {
    const auto at = artifact->texts.find(key);
    return at != artifact->texts.end() ? at->second.c_str() : nullptr;
  }
  static oc_status number(const oc_artifact* artifact, const char* key, double* value) noexcept {
    const auto at = artifact->numbers.find(key);
    if (at == artifact->numbers.end()) return OC_E_UNSUPPORTED;
    *value = at->second;
    return OC_OK;
  }
  static const char* key(const oc_artifact* artifact, size_t index) noexcept {
    return index < artifact->keys.size() ? artifact->keys[index].c_str() : nullptr;
  }

  static const char* recorded(const oc_run* run, const char* key) noexcept {
    const auto at = run->host->record.find(key);
    return at != run->host->record.end() ? at->second.c_str() : nullptr;
  }
  static const oc_box* boxes(const oc_run* run, size_t* n) noexcept {
    *n = run->host->boxes.size();
    return run->host->boxes.data();
  }
  static oc_status picture(const oc_run* run, int32_t image, oc_image* out) noexcept {
    return guarded(run->host->host(), [&] {
      const FakePicture& found = run->host->pictures.at(static_cast<size_t>(image));
      *out = {static_cast<uint32_t>(found.width), static_cast<uint32_t>(found.height), found.rgb.data()};
    });
  }

  static const char* name(const oc_artifact* artifact) noexcept { return artifact->name.c_str(); }

  // One sample alone; sources are in the record: "run", "model", "sample".
  static int32_t is_collection(const oc_run*) noexcept { return 0; }
  static const char* source(const oc_artifact* artifact, const char* key) noexcept {
    const auto at = artifact->host->record.find(key);
    return at != artifact->host->record.end() ? at->second.c_str() : nullptr;
  }
  static size_t count_samples(const oc_run*) noexcept { return 0; }
  static oc_status score(const oc_run* run, const oc_artifact* artifact, size_t map, const char* key,
                         double* value) noexcept {
    const auto at = run->host->scores.find(fmt::format("{}/{}/{}", artifact->label, map, key));
    if (at == run->host->scores.end()) return OC_E_UNSUPPORTED;
    *value = at->second;
    return OC_OK;
  }

  template <bool of_all_images>
  static oc_status open_output(const oc_run* run, const oc_artifact* artifact, int32_t layer, const char* part,
                               const char* extension, const char** path) noexcept {
    return guarded(run->host->host(), [&] {
      std::string name = artifact->label;
      if (!artifact->name.empty()) name += "." + artifact->name;
      if (artifact->image > 0 && !of_all_images) name += fmt::format(".image{}", artifact->image);
      if (layer >= 0) name += fmt::format(".layer{}", layer);
      if (*part != '\0') name += fmt::format(".{}", part);
      name += fmt::format(".{}", extension);
      const std::string temporary = run->host->path_of(name + ".part");
      *path = run->host->open_files_.emplace(temporary, name).first->first.c_str();
    });
  }
  static oc_status commit_output(const oc_run* run, const char* path) noexcept {
    return guarded(run->host->host(), [&] {
      const std::string name = run->host->open_files_.at(path);
      std::filesystem::rename(path, run->host->path_of(name));
      run->host->files.push_back(name);
      run->host->open_files_.erase(path);
    });
  }

  static const void* service(const oc_host*, const char* id) noexcept {
    static constexpr oc_options_1 options_table{
        sizeof(oc_options_1),   0,           option<bool, int32_t>,      option<int64_t, int64_t>,
        option<double, double>, option_text, option<oc_query, oc_query>, option_indices};
    static constexpr oc_artifact_1 artifact_table{sizeof(oc_artifact_1),
                                                  0,
                                                  open_artifact,
                                                  put_tensor,
                                                  put_text,
                                                  put_number,
                                                  commit_artifact,
                                                  type,
                                                  label,
                                                  image,
                                                  tensor,
                                                  text,
                                                  number,
                                                  key};
    static constexpr oc_record_1 record_table{sizeof(oc_record_1), 0, recorded, boxes};
    static constexpr oc_media_1 media_table{sizeof(oc_media_1), 0, picture};
    static constexpr oc_output_1 output_table{sizeof(oc_output_1), 0, open_output<false>, commit_output};
    static constexpr oc_images_1 images_table{sizeof(oc_images_1), 0, name, open_output<true>};
    static constexpr oc_log_1 log_table{sizeof(oc_log_1), 0, log};
    static constexpr oc_collection_1 collection_table{sizeof(oc_collection_1), 0, is_collection, source, nullptr};
    static constexpr oc_samples_1 samples_table{sizeof(oc_samples_1), 0, count_samples, nullptr};
    static constexpr oc_scores_1 scores_table{sizeof(oc_scores_1), 0, score};
    const std::string_view wanted = id;
    if (wanted == OC_SERVICE_OPTIONS) return &options_table;
    if (wanted == OC_SERVICE_ARTIFACT) return &artifact_table;
    if (wanted == OC_SERVICE_RECORD) return &record_table;
    if (wanted == OC_SERVICE_MEDIA) return &media_table;
    if (wanted == OC_SERVICE_OUTPUT) return &output_table;
    if (wanted == OC_SERVICE_IMAGES) return &images_table;
    if (wanted == OC_SERVICE_LOG) return &log_table;
    if (wanted == OC_SERVICE_COLLECTION) return &collection_table;
    if (wanted == OC_SERVICE_SAMPLES) return &samples_table;
    if (wanted == OC_SERVICE_SCORES) return &scores_table;
    return nullptr;
  }
};

FakeHost::FakeHost(const std::string& library, const std::string& spec) : run_(new oc_run{this}) {
  const std::filesystem::path plugins = std::filesystem::path(OCELLUS_BUILD_DIR) / "lib" / "ocellus" / "plugins";
  const oc_package* package = registry::load_package(plugins / (library + ".so")).package;
  const options::Spec parsed = options::parse_spec(spec);
  for (const registry::PluginRecord& plugin : registry::describe(package).plugins) {
    if (plugin.id != parsed.name) continue;
    plugin_ = registry::plugin_of(package, plugin.kind, plugin.id);
    options_.reset(new oc_options{this, options::Values::parse(plugin, parsed)});
  }
  if (options_ == nullptr) throw Error(OC_E_OPTION, fmt::format("{} has no plugin {}", library, parsed.name));
  host_ = {sizeof(oc_host), OC_ABI_MINOR, "test", this, FakeServices::service, FakeServices::fail};
}

FakeHost::~FakeHost() = default;

const oc_options* FakeHost::options() const {
  return options_.get();
}

std::vector<const oc_artifact*> FakeHost::artifacts() const {
  std::vector<const oc_artifact*> pointers;
  for (const auto& artifact : artifacts_) pointers.push_back(artifact.get());
  return pointers;
}

ArtifactWriter FakeHost::artifact(const char* type, int32_t image, const char* name) const {
  const auto* service = static_cast<const oc_artifact_1*>(FakeServices::service(&host_, OC_SERVICE_ARTIFACT));
  return {*service, run_.get(), type, name, image};
}

}  // namespace ocellus::test
