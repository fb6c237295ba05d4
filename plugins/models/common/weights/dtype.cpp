#include "plugins/models/common/weights/dtype.hpp"

#include <algorithm>
#include <array>

namespace ocellus::models {
namespace {

struct Row {
  DType dtype;
  std::size_t item_size;
  const char* name;
};

// In the order of the enumeration.
constexpr std::array<Row, 15> rows{{
    {DType::bool_, 1, "BOOL"},
    {DType::u8, 1, "U8"},
    {DType::i8, 1, "I8"},
    {DType::i16, 2, "I16"},
    {DType::u16, 2, "U16"},
    {DType::i32, 4, "I32"},
    {DType::u32, 4, "U32"},
    {DType::i64, 8, "I64"},
    {DType::u64, 8, "U64"},
    {DType::f16, 2, "F16"},
    {DType::bf16, 2, "BF16"},
    {DType::f32, 4, "F32"},
    {DType::f64, 8, "F64"},
    {DType::f8_e4m3, 1, "F8_E4M3"},
    {DType::f8_e5m2, 1, "F8_E5M2"},
}};

const Row& row(DType dtype) {
  return rows[static_cast<std::size_t>(dtype)];
}

}  // namespace

std::size_t item_size(DType dtype) {
  return row(dtype).item_size;
}

const char* name(DType dtype) {
  return row(dtype).name;
}

std::optional<DType> dtype_named(std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
  if (found == rows.end()) return std::nullopt;
  return found->dtype;
}

}  // namespace ocellus::models
