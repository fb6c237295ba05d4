// The static description of a package, built once from the plugin classes.
#pragma once

#include <ocellus/abi.h>

#include <algorithm>
#include <deque>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace ocellus {

// What stands in the table beside a plugin's code. All strings are literals.
struct PluginInfo {
  const char* id;
  const char* summary;
  std::vector<const char*> opens = {}, probes = {}, accepts = {}, produces = {};
  const oc_reduction_1* reduction = nullptr;  // of a method: &ReductionThunks<MyReduction>::table
  const oc_gradients_1* gradients = nullptr;  // of a model: &GradientThunks<MyModel>::table
  const char* prompt = nullptr;               // of a method: the question where the user gives none
};

struct PackageInfo {
  const char* id;
  const char* version;
  const char* vendor;
  const char* license;
  const char* runtime = "";
};

class Package {
 public:
  explicit Package(const PackageInfo& info) {
    package_.struct_size = sizeof package_;
    package_.abi_minor = OC_ABI_MINOR;
    package_.min_host_minor = 2;
    package_.id = info.id;
    package_.version = info.version;
    package_.vendor = info.vendor;
    package_.license = info.license;
    package_.runtime = info.runtime;
  }

  Package(Package&&) = default;
  Package(const Package&) = delete;

  // `params` must live as long as the library: params_of<Options>().
  void add(const char* kind, const void* table, const oc_param* const* params, const PluginInfo& info) {
    oc_plugin& plugin = plugins_.emplace_back();
    plugin = {};
    plugin.struct_size = sizeof plugin;
    plugin.id = info.id;
    plugin.kind = kind;
    plugin.summary = info.summary;
    plugin.table = table;
    plugin.params = params;
    plugin.opens = keep(info.opens);
    plugin.probes = keep(info.probes);
    plugin.accepts = keep(info.accepts);
    plugin.produces = keep(info.produces);
    plugin.reduction = info.reduction;
    plugin.gradients = info.gradients;
    plugin.prompt = info.prompt;
    const auto is_gradient = [](std::string_view probe) { return probe.starts_with(OC_PROBE_GRADIENT); };
    if (std::any_of(info.probes.begin(), info.probes.end(), is_gradient))
      package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{4});
    const auto is_of_0_7 = [](std::string_view probe) {
      return probe.starts_with(OC_PROBE_ATTENTION_GRADIENT) || probe.starts_with(OC_PROBE_KNOCKOUT);
    };
    if (std::any_of(info.probes.begin(), info.probes.end(), is_of_0_7))
      package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{7});
    if (info.prompt != nullptr) package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{4});
    if (info.reduction != nullptr) package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{3});
    const auto is_samples = [](std::string_view type) { return type == OC_ACCEPTS_SAMPLES; };
    if (std::any_of(info.accepts.begin(), info.accepts.end(), is_samples))
      package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{4});
    const auto is_film = [](std::string_view type) { return type == "token-steps/1"; };
    if (std::any_of(info.produces.begin(), info.produces.end(), is_film))
      package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{5});
    const auto is_score = [](std::string_view type) { return type == "scores/1"; };
    if (std::any_of(info.produces.begin(), info.produces.end(), is_score))
      package_.min_host_minor = std::max(package_.min_host_minor, uint32_t{6});
    pointers_.push_back(&plugin);
    package_.n_plugins = static_cast<uint32_t>(pointers_.size());
    package_.plugins = pointers_.data();
  }

  const oc_package* raw() const { return &package_; }

 private:
  const char* const* keep(std::vector<const char*> words) {
    words.push_back(nullptr);
    return lists_.emplace_back(std::move(words)).data();
  }
  oc_package package_{};
  std::deque<oc_plugin> plugins_;
  std::vector<const oc_plugin*> pointers_;
  std::deque<std::vector<const char*>> lists_;
};

// The parameter table of an OptionSet type; it lives as long as the library.
template <class Options>
const oc_param* const* params_of() {
  static Options options;
  static const oc_param* const* const table = options.table();
  return table;
}

// A package of one method: OCELLUS_METHOD(MyMethod, {package...}, {plugin...}).
#define OCELLUS_METHOD(Class, ...) \
  OCELLUS_PACKAGE_OF(OC_KIND_METHOD, &ocellus::MethodThunks<Class>::table, decltype(Class::options), __VA_ARGS__)
#define OCELLUS_RENDERER(Class, ...) \
  OCELLUS_PACKAGE_OF(OC_KIND_RENDERER, &ocellus::RendererThunks<Class>::table, decltype(Class::options), __VA_ARGS__)
#define OCELLUS_MODEL(Class, ...) \
  OCELLUS_PACKAGE_OF(OC_KIND_MODEL, &ocellus::ModelThunks<Class>::table, typename Class::Options, __VA_ARGS__)

#define OCELLUS_PACKAGE_OF(kind, table, Options, ...)                                              \
  const oc_package* ocellus_package_v0(void) {                                                     \
    static const ocellus::Package package = [] {                                                   \
      const auto build = [](const ocellus::PackageInfo& info, const ocellus::PluginInfo& plugin) { \
        ocellus::Package made(info);                                                               \
        made.add(kind, table, ocellus::params_of<Options>(), plugin);                              \
        return made;                                                                               \
      };                                                                                           \
      return build(__VA_ARGS__);                                                                   \
    }();                                                                                           \
    return package.raw();                                                                          \
  }

}  // namespace ocellus
