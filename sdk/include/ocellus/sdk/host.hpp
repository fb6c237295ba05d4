// The host as a plugin instance sees it, and the guard that keeps exceptions inside the library.
#pragma once

#include <ocellus/abi/package.h>
#include <ocellus/abi/services.h>

#include <exception>
#include <new>
#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus {

class Host {
 public:
  Host() = default;
  explicit Host(const oc_host* host) : host_(host) {}

  // The table behind a service id. Throws OC_E_UNSUPPORTED where this host has none.
  template <class Table>
  const Table& service(const char* id) const {
    const void* table = host_->service(host_, id);
    if (table == nullptr) throw Error(OC_E_UNSUPPORTED, std::string("this host has no service ") + id);
    return *static_cast<const Table*>(table);
  }

  void warn(const std::string& sentence) const {
    service<oc_log_1>(OC_SERVICE_LOG).write(host_, OC_LOG_WARNING, sentence.c_str());
  }

  const oc_host* raw() const { return host_; }

 private:
  const oc_host* host_ = nullptr;
};

// The host has told the user already, or will: carry `status` up without another sentence.
inline void check(oc_status status) {
  if (status != OC_OK) throw Error(status, "");
}

// Runs `body` and turns whatever it throws into a status and one sentence. An Error without a sentence passes on a
// failure that the host has the sentence of.
template <class Body>
oc_status guarded(const oc_host* host, Body&& body) noexcept {
  try {
    body();
    return OC_OK;
  } catch (const Error& error) {
    return *error.what() == '\0' ? error.status() : host->fail(host, error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return host->fail(host, OC_E_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return host->fail(host, OC_E_INTERNAL, error.what());
  } catch (...) {
    return host->fail(host, OC_E_INTERNAL, "an exception of unknown type");
  }
}

}  // namespace ocellus
