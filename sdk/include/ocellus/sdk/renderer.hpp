// Writing a renderer: derive from Renderer, declare Options, draw in render().
#pragma once

#include <ocellus/abi/renderer.h>

#include <memory>
#include <ocellus/sdk/options.hpp>
#include <ocellus/sdk/run.hpp>
#include <vector>

namespace ocellus {

class Renderer {
 public:
  virtual ~Renderer() = default;
  virtual void render(const Run& run, const std::vector<ArtifactView>& artifacts) = 0;

 private:
  template <class R>
  friend struct RendererThunks;
  Host host_;
};

// The C table of a Renderer with a member `options` of a type derived from OptionSet.
template <class R>
struct RendererThunks {
  static R& self(void* pointer) { return *static_cast<R*>(pointer); }

  static oc_status create(const oc_host* host, const oc_options* options, void** out) noexcept {
    return guarded(host, [&] {
      auto renderer = std::make_unique<R>();
      renderer->Renderer::host_ = Host(host);
      renderer->options.bind(Host(host), options);
      // A renderer may check what its option types cannot say, before time is spent.
      if constexpr (requires { renderer->validate(); }) renderer->validate();
      *out = renderer.release();
    });
  }
  static void destroy(void* pointer) noexcept { delete &self(pointer); }
  static oc_status render(void* pointer, const oc_run* run, const oc_artifact* const* artifacts, size_t n) noexcept {
    const Host& host = self(pointer).Renderer::host_;
    return guarded(host.raw(), [&] { self(pointer).render(Run(host, run), views_of(host, artifacts, n)); });
  }
  static constexpr oc_renderer_1 table{sizeof(oc_renderer_1), 0, create, destroy, render};
};

}  // namespace ocellus
