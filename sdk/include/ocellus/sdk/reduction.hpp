// Results over all samples of a run: derive from Reduction, take what the method stored of each sample in add(), emit
// artifacts in conclude(). The class has a member `options` of the method's own OptionSet type; the method's PluginInfo
// names the table: `.reduction = &ReductionThunks<MyReduction>::table`.
#pragma once

#include <ocellus/abi/method.h>

#include <memory>
#include <ocellus/sdk/options.hpp>
#include <ocellus/sdk/run.hpp>
#include <vector>

namespace ocellus {

class Reduction {
 public:
  virtual ~Reduction() = default;
  // Samples come in the order of the data set; `run` tells of the sample. Keep numbers, not artifacts.
  virtual void add(const Run& run, const std::vector<ArtifactView>& artifacts) = 0;
  virtual void conclude(const Run& run) = 0;

 private:
  template <class R>
  friend struct ReductionThunks;
  Host host_;
};

template <class R>
struct ReductionThunks {
  static R& self(void* pointer) { return *static_cast<R*>(pointer); }
  static const Host& host(void* pointer) { return self(pointer).Reduction::host_; }

  static oc_status create(const oc_host* host, const oc_options* options, void** out) noexcept {
    return guarded(host, [&] {
      auto reduction = std::make_unique<R>();
      reduction->Reduction::host_ = Host(host);
      reduction->options.bind(Host(host), options);
      *out = reduction.release();
    });
  }
  static void destroy(void* pointer) noexcept { delete &self(pointer); }
  static oc_status add(void* pointer, const oc_run* run, const oc_artifact* const* artifacts, size_t n) noexcept {
    return guarded(host(pointer).raw(),
                   [&] { self(pointer).add(Run(host(pointer), run), views_of(host(pointer), artifacts, n)); });
  }
  static oc_status conclude(void* pointer, const oc_run* run) noexcept {
    return guarded(host(pointer).raw(), [&] { self(pointer).conclude(Run(host(pointer), run)); });
  }
  static constexpr oc_reduction_1 table{sizeof(oc_reduction_1), 0, create, destroy, add, conclude};
};

}  // namespace ocellus
