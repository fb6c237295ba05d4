#include "host/store/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <string_view>

#include "host/store/slug.hpp"

namespace ocellus::store {
namespace {

class Checker {
 public:
  explicit Checker(const ArtifactData& artifact) : artifact_(artifact) {}

  void check() const {
    check_names();
    for (const auto& [key, array] : artifact_.tensors) {
      if (array.bytes.size() != byte_size(array.type, array.shape)) refuse(key, "has bytes that do not fit its shape");
    }
    for (const auto& [key, value] : artifact_.numbers) {
      if (!std::isfinite(value)) refuse(key, "is not finite");
    }
    if (artifact_.type == "heatmap/1") {
      check_map(2);
    } else if (artifact_.type == "heatmap-stack/1") {
      check_stack();
    } else if (artifact_.type == "tensors/1") {
      if (artifact_.tensors.empty()) refuse("it holds no tensor");
    } else if (artifact_.type.find('.') == std::string::npos) {
      refuse("this type is unknown: a type of your own begins with your domain, as in org.example.rollout/1");
    }
  }

 private:
  [[noreturn]] void refuse(std::string_view reason) const {
    const std::string name = artifact_.name.empty() ? "" : fmt::format(" '{}'", artifact_.name);
    throw Error(OC_E_INTERNAL, fmt::format("artifact {}{} of {}: {}", artifact_.type, name, artifact_.label, reason));
  }
  [[noreturn]] void refuse(std::string_view key, std::string_view reason) const {
    refuse(fmt::format("{} {}", key, reason));
  }

  // Keys are names in an archive and in JSON, the artifact's name is part of a file name.
  void check_names() const {
    if (artifact_.image < -1) refuse(fmt::format("there is no image {}", artifact_.image));
    if (!artifact_.name.empty() && !is_file_name(artifact_.name))
      refuse("its name is more than letters, digits, . _ -");
    std::set<std::string_view> seen;
    const auto check_key = [&](std::string_view key) {
      if (!is_file_name(key)) refuse(fmt::format("the key '{}' is more than letters, digits, . _ -", key));
      if (!seen.insert(key).second) refuse(key, "is there twice");
    };
    for (const auto& [key, value] : artifact_.tensors) check_key(key);
    for (const auto& [key, value] : artifact_.texts) check_key(key);
    for (const auto& [key, value] : artifact_.numbers) check_key(key);
  }

  const Array& tensor(std::string_view wanted, Array::Type type, size_t rank) const {
    for (const auto& [key, array] : artifact_.tensors) {
      if (key != wanted) continue;
      if (array.type != type) refuse(key, type == Array::Type::f32 ? "is not float32" : "is not int64");
      if (array.shape.size() != rank) refuse(key, fmt::format("has {} axes instead of {}", array.shape.size(), rank));
      return array;
    }
    refuse(wanted, "is missing");
  }

  // A map's numbers are all drawn or listed, so all must be finite, those of its free keys too.
  void check_map(size_t rank) const {
    const Array& values = tensor("values", Array::Type::f32, rank);
    if (values.bytes.empty()) refuse("values", "is empty");
    for (const auto& [key, array] : artifact_.tensors) {
      if (array.type != Array::Type::f32) continue;
      for (size_t at = 0; at < array.bytes.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, &array.bytes[at], sizeof value);
        if (!std::isfinite(value)) refuse(key, fmt::format("is not finite at element {}", at / sizeof value));
      }
    }
  }

  void check_stack() const {
    check_map(3);
    const int64_t n = tensor("values", Array::Type::f32, 3).shape.front();
    const int64_t n_indices = tensor("index", Array::Type::i64, 1).shape.front();
    if (n_indices != n) refuse("index", fmt::format("has {} elements for {} maps", n_indices, n));
    const auto axis = std::find_if(artifact_.texts.begin(), artifact_.texts.end(),
                                   [](const auto& text) { return text.first == "axis"; });
    if (axis == artifact_.texts.end() || axis->second.empty()) {
      refuse("axis", "is missing: say what the maps differ in, such as layer");
    }
  }

  const ArtifactData& artifact_;
};

}  // namespace

void check_schema(const ArtifactData& artifact) {
  Checker(artifact).check();
}

}  // namespace ocellus::store
