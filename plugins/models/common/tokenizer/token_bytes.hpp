// The bytes of tokens, kept.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

// Any thread may ask; what was given lives as long as this object.
class TokenBytes {
 public:
  // `bytes` gives those of a token, and is asked by one thread at a time.
  explicit TokenBytes(std::function<std::string(int64_t id)> bytes) : bytes_of_(std::move(bytes)) {}

  // The bytes of a token of the tokenizer; none for a row of the embedding, which may have more than the tokenizer has
  // tokens. Throws Error(OC_E_SAMPLE) for any other id.
  TokenBytes(Tokenizer tokenizer, int64_t embedding_rows)
      : TokenBytes([tokenizer = std::move(tokenizer), embedding_rows](int64_t id) {
          const bool is_padding_row = id >= static_cast<int64_t>(tokenizer.size()) && id < embedding_rows;
          return is_padding_row ? std::string() : tokenizer.bytes(id);
        }) {}

  std::string_view of(int64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto known = bytes_.find(id);
    if (known != bytes_.end()) return known->second;
    return bytes_.emplace(id, bytes_of_(id)).first->second;
  }

 private:
  std::function<std::string(int64_t)> bytes_of_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<int64_t, std::string> bytes_;
};

}  // namespace ocellus::models
