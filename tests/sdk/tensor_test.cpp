#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <ocellus/sdk/tensor.hpp>

#include "tests/support/refusal.hpp"

namespace ocellus {
namespace {

using test::refusal_of;

// A tensor over `data` that nobody owns.
struct Borrowed {
  std::array<float, 12> data{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  std::array<int64_t, 2> shape{2, 3}, strides{1, 2};
  oc_tensor tensor{};

  Borrowed() {
    tensor.version = {OC_DLPACK_MAJOR, OC_DLPACK_MINOR};
    tensor.dl.data = data.data();
    tensor.dl.device = {OC_DEVICE_CPU, 0};
    tensor.dl.ndim = 2;
    tensor.dl.dtype = {OC_DTYPE_FLOAT, 32, 1};
    tensor.dl.shape = shape.data();
  }
};

TEST(TensorView, WithoutStridesItIsContiguous) {
  const Borrowed borrowed;
  const TensorView<float> view(&borrowed.tensor);
  EXPECT_EQ(view.shape(), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(view.size(), 6);
  EXPECT_EQ(view(0, 2), 2.0f);
  EXPECT_EQ(view(1, 0), 3.0f);
  const std::span<const float> row = view.row(1);
  EXPECT_EQ(std::vector<float>(row.begin(), row.end()), (std::vector<float>{3, 4, 5}));
  EXPECT_EQ(view.flat().size(), 6u);
  EXPECT_EQ(view.flat().back(), 5.0f);
}

TEST(TensorView, StridesCountElements) {
  Borrowed borrowed;
  borrowed.tensor.dl.strides = borrowed.strides.data();  // column-major
  const TensorView<float> view(&borrowed.tensor);
  EXPECT_EQ(view(1, 0), 1.0f);
  EXPECT_EQ(view(0, 1), 2.0f);
  EXPECT_EQ(view(1, 2), 5.0f);
}

TEST(TensorView, TheOffsetCountsBytes) {
  Borrowed borrowed;
  borrowed.tensor.dl.byte_offset = 4 * sizeof(float);
  EXPECT_EQ(TensorView<float>(&borrowed.tensor)(1, 2), 9.0f);
}

TEST(TensorView, ANumberHasNoAxes) {
  Borrowed borrowed;
  borrowed.tensor.dl.ndim = 0;
  const TensorView<float> view(&borrowed.tensor);
  EXPECT_EQ(view.size(), 1);
  EXPECT_EQ(view.flat().size(), 1u);
}

TEST(TensorView, RowsMayBeEmpty) {
  const TensorPointer empty = make_tensor(std::vector<float>(), {2, 3, 0});
  const TensorView<float> view(empty.get());
  EXPECT_EQ(view.size(), 0);
  EXPECT_TRUE(view.row(1, 2).empty());
  EXPECT_TRUE(view.flat().empty());
}

TEST(TensorView, OtherTensorsAreRefused) {
  const auto refused = [](void (*spoil)(oc_tensor&)) {
    Borrowed borrowed;
    spoil(borrowed.tensor);
    return refusal_of([&] { TensorView<float> view(&borrowed.tensor); }).status;
  };
  EXPECT_EQ(refused([](oc_tensor&) {}), OC_OK);
  EXPECT_EQ(refused([](oc_tensor& t) { t.dl.dtype.code = OC_DTYPE_INT; }), OC_E_INTERNAL);
  EXPECT_EQ(refused([](oc_tensor& t) { t.dl.dtype.bits = 64; }), OC_E_INTERNAL);
  EXPECT_EQ(refused([](oc_tensor& t) { t.dl.dtype.lanes = 4; }), OC_E_INTERNAL);
  EXPECT_EQ(refused([](oc_tensor& t) { t.dl.device.device_type = 2; }), OC_E_INTERNAL);
  EXPECT_EQ(refused([](oc_tensor& t) { t.version.major = 2; }), OC_E_INTERNAL);
  EXPECT_EQ(refusal_of([] { TensorView<float> view(nullptr); }).status, OC_E_INTERNAL);
  const Borrowed floats;
  EXPECT_EQ(refusal_of([&] { TensorView<int64_t> view(&floats.tensor); }).status, OC_E_INTERNAL);
}

TEST(MakeTensor, SaysWhatItIs) {
  const TensorPointer tensor = make_tensor(std::vector<int64_t>{1, 2, 3, 4, 5, 6}, {3, 2});
  EXPECT_EQ(tensor->version.major, uint32_t{OC_DLPACK_MAJOR});
  EXPECT_EQ(tensor->flags, OC_TENSOR_READ_ONLY);
  EXPECT_EQ(tensor->dl.device.device_type, OC_DEVICE_CPU);
  EXPECT_EQ(tensor->dl.ndim, 2);
  EXPECT_EQ(tensor->dl.dtype.code, OC_DTYPE_INT);
  EXPECT_EQ(tensor->dl.dtype.bits, 64);
  EXPECT_EQ(tensor->dl.strides[0], 2);
  EXPECT_EQ(tensor->dl.strides[1], 1);
  EXPECT_EQ(TensorView<int64_t>(tensor.get())(2, 1), 6);
  EXPECT_EQ(make_tensor(std::vector<uint8_t>{1}, {1})->dl.dtype.code, OC_DTYPE_UINT);
}

// Calls the deleter as a C consumer does, and watches what the tensor kept.
TEST(TensorOver, TheDeleterFreesEverythingOnce) {
  struct Counted {
    int* deaths;
    ~Counted() { ++*deaths; }
  };
  int deaths = 0;
  const std::array<float, 2> data{1, 2};
  oc_tensor* tensor = tensor_over<float>(data.data(), {2}, std::make_shared<Counted>(&deaths)).release();
  EXPECT_EQ(deaths, 0);
  EXPECT_EQ(tensor->dl.data, data.data()) << "nothing is copied";
  tensor->deleter(tensor);
  EXPECT_EQ(deaths, 1);
  { const TensorPointer owned = tensor_over<float>(data.data(), {2}, std::make_shared<Counted>(&deaths)); }
  EXPECT_EQ(deaths, 2);
}

TEST(TensorPointer, ATensorWithoutDeleterIsLeftAlone) {
  Borrowed borrowed;
  { const TensorPointer pointer(&borrowed.tensor); }
  EXPECT_EQ(TensorView<float>(&borrowed.tensor)(0, 1), 1.0f);
}

}  // namespace
}  // namespace ocellus
