#include "plugins/models/common/transformer/weight_tensor.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <ocellus/sdk/error.hpp>
#include <vector>

namespace ocellus::models {

namespace {

// A tensor of two float32 values, `shift` bytes from an aligned address.
TensorView stored_floats(float a, float b, size_t shift = 0) {
  auto memory = std::make_shared<std::vector<std::byte>>(16);
  const float values[] = {a, b};
  std::memcpy(memory->data() + shift, values, sizeof values);
  return {"w", DType::f32, {2}, {memory->data() + shift, sizeof values}, memory};
}

TEST(WeightTensor, LiesOverTheFileWhereItCan) {
  const TensorView stored = stored_floats(1.5f, -2);
  const at::Tensor tensor = weight_tensor(stored, at::kFloat);
  EXPECT_EQ(static_cast<const void*>(tensor.const_data_ptr()), static_cast<const void*>(stored.bytes.data()));
}

TEST(WeightTensor, KeepsTheFileAlive) {
  TensorView stored = stored_floats(1.5f, -2);
  const std::weak_ptr<const void> file = stored.owner;
  at::Tensor tensor = weight_tensor(stored, at::kFloat);
  stored.owner.reset();
  EXPECT_FALSE(file.expired());
  EXPECT_EQ(tensor[1].item<float>(), -2);
  tensor.reset();
  EXPECT_TRUE(file.expired());
}

TEST(WeightTensor, IsCopiedFromAnOddAddress) {
  const TensorView stored = stored_floats(1.5f, -2, 1);
  const at::Tensor tensor = weight_tensor(stored, at::kFloat);
  EXPECT_NE(static_cast<const void*>(tensor.const_data_ptr()), static_cast<const void*>(stored.bytes.data()));
  EXPECT_EQ(tensor[0].item<float>(), 1.5f);
}

TEST(WeightTensor, IsConvertedToTheRunsType) {
  const at::Tensor tensor = weight_tensor(stored_floats(1.5f, 1e-3f), at::kBFloat16);
  EXPECT_EQ(tensor.scalar_type(), at::kBFloat16);
  EXPECT_EQ(tensor[0].item<float>(), 1.5f);
}

TEST(WeightTensor, IntegersAreRefusedByName) {
  TensorView stored = stored_floats(0, 0);
  stored.dtype = DType::i32;
  try {
    weight_tensor(stored, at::kFloat);
    FAIL() << "an integer weight was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    EXPECT_NE(std::string(error.what()).find("'w' is stored as I32"), std::string::npos) << error.what();
  }
}

}  // namespace

}  // namespace ocellus::models
