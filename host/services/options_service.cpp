#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <vector>

#include "host/services/plugin_instance.hpp"
#include "host/services/service_table.hpp"

namespace ocellus::services {
namespace {

template <class T, class Out>
oc_status get(const oc_options* options, const char* key, Out* out) noexcept {
  return serve(options->host, [&] {
    const options::Value* value = options->values.find(key);
    if (value == nullptr || !std::holds_alternative<T>(*value)) {
      throw Error(OC_E_INTERNAL, fmt::format("it read an option '{}' that its table does not have in this type", key));
    }
    *out = std::get<T>(*value);
  });
}

oc_status text(const oc_options* options, const char* key, const char** out) noexcept {
  return serve(options->host, [&] {
    if (options->values.find(key) == nullptr)
      throw Error(OC_E_INTERNAL, fmt::format("it read an unknown option '{}'", key));
    *out = options->values.text(key).c_str();
  });
}

oc_status indices(const oc_options* options, const char* key, const char* what, int64_t count, int64_t* out,
                  size_t* n) noexcept {
  return serve(options->host, [&] {
    const options::Value* value = options->values.find(key);
    if (value == nullptr || !std::holds_alternative<options::IndexSet>(*value)) {
      throw Error(OC_E_INTERNAL, fmt::format("it read an index set '{}' that its table does not have", key));
    }
    const std::vector<int64_t> resolved = std::get<options::IndexSet>(*value).resolve(what, count);
    if (out != nullptr) std::copy_n(resolved.begin(), std::min(*n, resolved.size()), out);
    *n = resolved.size();
  });
}

}  // namespace

const oc_options_1 options_service{sizeof(oc_options_1), 0,    get<bool, int32_t>,      get<int64_t, int64_t>,
                                   get<double, double>,  text, get<oc_query, oc_query>, indices};

}  // namespace ocellus::services
