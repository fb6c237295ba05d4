// The masses of a prompt's first part, kept to be handed over again for a prompt that begins alike.
#pragma once

#include <ocellus/abi/model.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ocellus::models {

// Tokens begin .. end-1.
struct TokenRun {
  int64_t begin, end;
  bool operator==(const TokenRun&) const = default;
};

class MassRecord {
 public:
  // More is not kept.
  static constexpr size_t most_bytes = size_t{128} << 20;

  // A probe, as far as the first part can tell: rows and keys behind it do not count.
  struct Wish {
    std::vector<int64_t> layers, heads, rows;
    std::vector<std::vector<TokenRun>> groups;
    bool operator==(const Wish&) const = default;

    size_t bytes() const;
  };
  struct Mass {
    int64_t layer;
    std::vector<int64_t> rows;
    std::vector<float> values;  // [heads, rows, groups]
  };

  // Bytes of a record of what `plan` asks of a first part of `prefix` tokens.
  static size_t bytes(const oc_merged_plan& plan, int64_t prefix);

  // An empty record keeps nothing and has nothing.
  MassRecord() = default;
  // Of `wishes`, or of none of them if their masses are too many.
  explicit MassRecord(std::vector<Wish> wishes);

  std::optional<size_t> find(const Wish& wish) const;
  void keep(size_t wish, Mass mass);
  // In the order in which they were kept.
  std::span<const Mass> of(size_t wish) const { return entries_[wish].masses; }

 private:
  struct Entry {
    Wish wish;
    std::vector<Mass> masses;
  };
  std::vector<Entry> entries_;
};

}  // namespace ocellus::models
