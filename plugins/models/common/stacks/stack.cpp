#include "plugins/models/common/stacks/stack.hpp"

#include <fmt/format.h>

namespace ocellus::models {

namespace {

oc_stack stack_of(const char* id, int64_t layers, int64_t heads, int64_t kv_heads, int64_t width) {
  oc_stack stack{};
  stack.struct_size = sizeof stack;
  stack.id = id;
  stack.n_layers = static_cast<uint32_t>(layers);
  stack.n_heads = static_cast<uint32_t>(heads);
  stack.n_kv_heads = static_cast<uint32_t>(kv_heads);
  stack.width = static_cast<uint32_t>(width);
  return stack;
}

}  // namespace

oc_stack language_stack(const TextConfig& text) {
  oc_stack stack = stack_of("language", text.layers, text.heads, text.kv_heads, text.hidden_size);
  stack.vocabulary = static_cast<uint32_t>(text.vocabulary);
  return stack;
}

oc_stack vision_stack(int64_t layers, int64_t heads, int64_t width) {
  return stack_of("vision", layers, heads, heads, width);
}

oc_stack projector_stack(int64_t width) {
  return stack_of("projector", 0, 0, 0, width);
}

oc_stack question_stack(int64_t width) {
  return stack_of("question", 0, 0, 0, width);
}

void describe_stacks(const oc_stack& language, const oc_stack& vision, const Model::PutText& put) {
  put("language layers", fmt::format("{}", language.n_layers));
  put("language heads", fmt::format("{} (keys and values {})", language.n_heads, language.n_kv_heads));
  put("vision layers", fmt::format("{}", vision.n_layers));
  put("vision heads", fmt::format("{}", vision.n_heads));
}

}  // namespace ocellus::models
