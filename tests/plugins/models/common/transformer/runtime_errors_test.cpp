#include "plugins/models/common/transformer/runtime_errors.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace ocellus::models {

namespace {

template <class Body>
Error error_of(Body&& body) {
  try {
    with_translated_errors(body);
  } catch (const Error& error) {
    return error;
  }
  return {OC_OK, "nothing was thrown"};
}

TEST(RuntimeErrors, AFailedAllocationIsAMatterOfMemory) {
  EXPECT_EQ(error_of([] { at::empty({int64_t{1} << 60}); }).status(), OC_E_MEMORY);
}

TEST(RuntimeErrors, SoIsOneOfADevice) {
  EXPECT_EQ(error_of([] { TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory."); }).status(), OC_E_MEMORY);
}

TEST(RuntimeErrors, AreOneLine) {
  const Error error = error_of([] { at::ones({2}) + at::ones({3}); });
  EXPECT_EQ(error.status(), OC_E_INTERNAL);
  EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
}

TEST(RuntimeErrors, OurOwnPassUnchanged) {
  EXPECT_EQ(error_of([] { throw Error(OC_E_CANCELLED, ""); }).status(), OC_E_CANCELLED);
}

}  // namespace

}  // namespace ocellus::models
