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

const options::IndexSet& index_set(const oc_options* options, const char* key) {
  const options::Value* value = options->values.find(key);
  if (value == nullptr || !std::holds_alternative<options::IndexSet>(*value)) {
    throw Error(OC_E_INTERNAL, fmt::format("it read an index set '{}' that its table does not have", key));
  }
  return std::get<options::IndexSet>(*value);
}

// Fills `out`, unless it is null, as far as its *n elements go, and tells how many there are.
void hand_out(const std::vector<int64_t>& indices, int64_t* out, size_t* n) {
  if (out != nullptr) std::copy_n(indices.begin(), std::min(*n, indices.size()), out);
  *n = indices.size();
}

oc_status indices(const oc_options* options, const char* key, const char* what, int64_t count, int64_t* out,
                  size_t* n) noexcept {
  return serve(options->host, [&] { hand_out(index_set(options, key).resolve(what, count), out, n); });
}

oc_status indices_among(const oc_options* options, const char* key, const char* what, int64_t count,
                        const int64_t* possible, size_t n_possible, const char* why, int64_t* out, size_t* n,
                        int64_t* left_out, size_t* n_left_out) noexcept {
  return serve(options->host, [&] {
    const auto resolved = index_set(options, key).resolve_among(what, count, {possible, n_possible}, why);
    hand_out(resolved.indices, out, n);
    hand_out(resolved.left_out, out != nullptr ? left_out : nullptr, n_left_out);
  });
}

}  // namespace

const oc_options_1 options_service{sizeof(oc_options_1), 0,    get<bool, int32_t>,      get<int64_t, int64_t>,
                                   get<double, double>,  text, get<oc_query, oc_query>, indices};
const oc_index_sets_1 index_sets_service{sizeof(oc_index_sets_1), 0, indices_among};

}  // namespace ocellus::services
