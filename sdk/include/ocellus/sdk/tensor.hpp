// Tensors across the ABI: strided read-only views, and tensors that own their memory.
#pragma once

#include <ocellus/abi/tensor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <utility>
#include <vector>

namespace ocellus {

template <class T>
constexpr oc_dl_dtype dtype_of();
template <>
constexpr oc_dl_dtype dtype_of<float>() {
  return {OC_DTYPE_FLOAT, 32, 1};
}
template <>
constexpr oc_dl_dtype dtype_of<int64_t>() {
  return {OC_DTYPE_INT, 64, 1};
}
template <>
constexpr oc_dl_dtype dtype_of<uint8_t>() {
  return {OC_DTYPE_UINT, 8, 1};
}

// A borrowed tensor of element type T. Throws if the tensor is of another type or not on the CPU.
template <class T>
class TensorView {
 public:
  TensorView() = default;

  explicit TensorView(const oc_tensor* tensor) {
    if (tensor == nullptr) throw Error(OC_E_INTERNAL, "a tensor was expected, none was given");
    const oc_dl_tensor& dl = tensor->dl;
    constexpr oc_dl_dtype want = dtype_of<T>();
    if (tensor->version.major != OC_DLPACK_MAJOR || dl.device.device_type != OC_DEVICE_CPU ||
        dl.dtype.code != want.code || dl.dtype.bits != want.bits || dl.dtype.lanes != 1) {
      throw Error(OC_E_INTERNAL, "a tensor has another element type or device than expected");
    }
    data_ = reinterpret_cast<const T*>(static_cast<const std::byte*>(dl.data) + dl.byte_offset);
    shape_.assign(dl.shape, dl.shape + dl.ndim);
    strides_.resize(shape_.size());
    int64_t step = 1;
    for (size_t i = shape_.size(); i-- > 0; step *= shape_[i])
      strides_[i] = dl.strides != nullptr ? dl.strides[i] : step;
  }

  const std::vector<int64_t>& shape() const { return shape_; }
  int64_t size() const { return std::accumulate(shape_.begin(), shape_.end(), int64_t{1}, std::multiplies<>()); }

  // One element; no bounds check.
  template <class... Index>
  const T& operator()(Index... index) const {
    return data_[offset(index...)];
  }

  // The last axis at the given leading indices. Requires a contiguous last axis, which the host always delivers.
  template <class... Index>
  std::span<const T> row(Index... index) const {
    return {data_ + offset(index...), static_cast<size_t>(shape_.back())};
  }

  // All elements in C order. Requires a contiguous tensor, which the host always delivers.
  std::span<const T> flat() const { return {data_, static_cast<size_t>(size())}; }

 private:
  // In elements; axes beyond the indices given count as 0.
  template <class... Index>
  int64_t offset(Index... index) const {
    int64_t offset = 0;
    size_t axis = 0;
    ((offset += static_cast<int64_t>(index) * strides_[axis++]), ...);
    return offset;
  }

  const T* data_ = nullptr;
  std::vector<int64_t> shape_, strides_;
};

struct TensorDeleter {
  void operator()(oc_tensor* tensor) const noexcept {
    if (tensor->deleter != nullptr) tensor->deleter(tensor);
  }
};
using TensorPointer = std::unique_ptr<oc_tensor, TensorDeleter>;

// A tensor over memory that `keeper` keeps alive. `data` has the product of `shape` elements in C order.
template <class T>
TensorPointer tensor_over(const T* data, std::vector<int64_t> shape, std::shared_ptr<const void> keeper) {
  struct Holder {
    oc_tensor tensor{};
    std::vector<int64_t> shape, strides;
    std::shared_ptr<const void> keeper;
  };
  auto holder = std::make_unique<Holder>();
  holder->shape = std::move(shape);
  holder->strides.resize(holder->shape.size());
  int64_t step = 1;
  for (size_t i = holder->shape.size(); i-- > 0; step *= holder->shape[i]) holder->strides[i] = step;
  holder->keeper = std::move(keeper);
  oc_tensor& tensor = holder->tensor;
  tensor.version = {OC_DLPACK_MAJOR, OC_DLPACK_MINOR};
  tensor.flags = OC_TENSOR_READ_ONLY;
  tensor.dl.data = const_cast<T*>(data);
  tensor.dl.device = {OC_DEVICE_CPU, 0};
  tensor.dl.ndim = static_cast<int32_t>(holder->shape.size());
  tensor.dl.dtype = dtype_of<T>();
  tensor.dl.shape = holder->shape.data();
  tensor.dl.strides = holder->strides.data();
  tensor.manager_ctx = holder.get();
  tensor.deleter = [](oc_tensor* self) { delete static_cast<Holder*>(self->manager_ctx); };
  return TensorPointer(&holder.release()->tensor);
}

// A tensor that owns `values`.
template <class T>
TensorPointer make_tensor(std::vector<T> values, std::vector<int64_t> shape) {
  auto owner = std::make_shared<const std::vector<T>>(std::move(values));
  const T* data = owner->data();
  return tensor_over<T>(data, std::move(shape), std::move(owner));
}

}  // namespace ocellus
