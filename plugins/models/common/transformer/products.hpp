// Products with a weight by the library that is fastest on this processor for the run's type (docs/adr/0009): oneDNN
// with a packed copy of the weight, or libtorch's own choice. Chosen by processor and type alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace ocellus::models::products {

enum class Library { libtorch, onednn };

Library library_for(const at::TensorOptions& options);
// For Model::describe.
std::string description(const at::TensorOptions& options);

// The rest needs Library::onednn for the tensors at hand.

// The weight [out, in] in oneDNN's blocks: a copy, opaque to other operators.
at::Tensor pack(const at::Tensor& weight);
// x [rows, in] packed^T + bias; the bias may be undefined.
at::Tensor linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias);
// a [rows, in] b^T with an ordinary b [out, in]; a's rows and b's rows or columns lie one after another.
at::Tensor with_transposed(const at::Tensor& a, const at::Tensor& b);

}  // namespace ocellus::models::products
