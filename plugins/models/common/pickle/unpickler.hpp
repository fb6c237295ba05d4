// Pickles read as data. A pickle is a program that builds objects; this reader builds a tree that only *says* what
// would be built, from a short list of names, and executes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace ocellus::models {

struct PickleValue {
  enum class Kind {
    none,
    boolean,
    integer,
    real,
    text,
    tuple,
    list,
    dict,        // items are key, value, key, value, …; an OrderedDict too
    global,      // text is "module.name"
    persistent,  // items are the id that stands for an object outside of the pickle
    call         // items are what would be called, and the tuple of its arguments
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;  // of an integer; 0 or 1 of a boolean
  double real = 0;
  std::string_view text{};                  // borrowed from the pickle, not checked to be UTF-8
  std::vector<const PickleValue*> items{};  // owned by the tree; may be shared, or even form a circle
};

// Owns its values; moving it leaves them where they are.
class PickleTree {
 public:
  // Reads a pickle of protocol 2 with the opcodes that torch.save writes. Names that the pickle refers to must be in
  // `globals` ("collections.OrderedDict", which becomes a dict when it is called without arguments). Memory is at most
  // some hundred times the pickle's size, which may be 16 MiB, and no depth of nesting costs stack. Throws
  // Error(OC_E_MODEL) with a sentence that begins with `file_name` and names the opcode or the name that is refused.
  static PickleTree read(std::span<const std::byte> pickle, std::span<const std::string_view> globals,
                         std::string_view file_name);

  const PickleValue& root() const { return *root_; }

 private:
  friend class Unpickler;
  std::deque<PickleValue> values_;
  const PickleValue* root_ = nullptr;
};

}  // namespace ocellus::models
