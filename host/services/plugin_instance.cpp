#include "host/services/plugin_instance.hpp"

#include <fmt/format.h>

#include <mutex>
#include <new>
#include <ocellus/sdk/error.hpp>
#include <utility>

#include "host/services/service_table.hpp"
#include "host/version.hpp"

namespace ocellus::services {
namespace {

// Sentences may be left from any thread (abi/package.h).
std::mutex& sentences() {
  static std::mutex mutex;
  return mutex;
}

oc_status fail(const oc_host* host, oc_status status, const char* sentence) noexcept {
  return instance_of(host).leave(status, sentence != nullptr ? sentence : "");
}

const char* fallback(oc_status status) {
  switch (status) {
    case OC_E_CANCELLED:
      return "interrupted";
    case OC_E_MEMORY:
      return "out of memory";
    default:
      return "failed without saying why";
  }
}

}  // namespace

PluginInstance::PluginInstance(std::string who, options::Values values) : who_(std::move(who)) {
  host_.struct_size = sizeof host_;
  host_.abi_minor = OC_ABI_MINOR;
  host_.version = version;
  host_.self = this;
  host_.service = [](const oc_host*, const char* id) noexcept { return service_table(id); };
  host_.fail = fail;
  options_.values = std::move(values);
  options_.host = &host_;
}

void PluginInstance::expect_ok(oc_status status) const {
  if (status == OC_OK) return;
  const std::lock_guard lock(sentences());
  // A worker thread of the plugin may have left the sentence.
  auto at = sentences_.find(std::this_thread::get_id());
  if (at == sentences_.end()) at = sentences_.begin();
  const std::string sentence = at != sentences_.end() ? at->second : "";
  if (at != sentences_.end()) sentences_.erase(at);
  throw Error(status, fmt::format("{}: {}", who_, sentence.empty() ? fallback(status) : sentence));
}

oc_status PluginInstance::leave(oc_status status, std::string sentence) const {
  const std::lock_guard lock(sentences());
  sentences_[std::this_thread::get_id()] = std::move(sentence);
  return status;
}

const PluginInstance& instance_of(const oc_host* host) {
  return *static_cast<const PluginInstance*>(host->self);
}

oc_status serve(const oc_host* host, const std::function<void()>& body) noexcept {
  try {
    body();
    return OC_OK;
  } catch (const Error& error) {
    return instance_of(host).leave(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return instance_of(host).leave(OC_E_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return instance_of(host).leave(OC_E_INTERNAL, error.what());
  }
}

}  // namespace ocellus::services
