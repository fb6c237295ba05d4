#include "plugins/models/common/weights/tensor_view.hpp"

#include <algorithm>

namespace ocellus::models {

const TensorView* find_tensor(std::span<const TensorView> sorted, std::string_view name) {
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), name,
                       [](const TensorView& tensor, std::string_view wanted) { return tensor.name < wanted; });
  return found != sorted.end() && found->name == name ? &*found : nullptr;
}

}  // namespace ocellus::models
