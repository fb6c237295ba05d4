#include "plugins/models/common/pickle/unpickler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "plugins/models/common/weights/quoted_name.hpp"

namespace ocellus::models {
namespace {

constexpr std::size_t max_pickle_bytes = std::size_t{16} << 20;
constexpr std::string_view ordered_dict = "collections.OrderedDict";

// Python's names for the opcodes, from its module pickletools.
enum Opcode : unsigned char {
  MARK = '(',
  STOP = '.',
  BINFLOAT = 'G',
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  NONE = 'N',
  BINPERSID = 'Q',
  REDUCE = 'R',
  BINUNICODE = 'X',
  EMPTY_LIST = ']',
  APPEND = 'a',
  BUILD = 'b',
  GLOBAL = 'c',
  APPENDS = 'e',
  BINGET = 'h',
  LONG_BINGET = 'j',
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  SETITEM = 's',
  TUPLE = 't',
  SETITEMS = 'u',
  EMPTY_DICT = '}',
  EMPTY_TUPLE = ')',
  PROTO = 0x80,
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  NEWTRUE = 0x88,
  NEWFALSE = 0x89,
  LONG1 = 0x8a
};

}  // namespace

class Unpickler {
 public:
  using Kind = PickleValue::Kind;

  Unpickler(std::span<const std::byte> pickle, std::span<const std::string_view> globals, std::string_view file_name)
      : pickle_(pickle), globals_(globals), file_name_(file_name) {}

  PickleTree run() {
    if (pickle_.size() > max_pickle_bytes)
      fail("has {} bytes, and at most {} are read", pickle_.size(), max_pickle_bytes);
    if (pickle_.size() < 2 || take(1) != PROTO) fail("does not begin with a protocol");
    if (const auto protocol = take(1); protocol != 2)
      fail("has protocol {}, and only 2, which torch.save writes, is read", protocol);
    while (step()) {
    }
    if (at_ != pickle_.size()) fail("goes on behind its end");
    return std::move(tree_);
  }

 private:
  // One opcode; false after the last.
  bool step() {
    begin_ = at_;
    switch (const auto opcode = static_cast<unsigned char>(take(1)); opcode) {
      case MARK:
        marks_.push_back(stack_.size());
        break;
      case STOP:
        if (stack_.size() != 1 || !marks_.empty()) fail("ends at byte {} with an object unfinished", begin_);
        tree_.root_ = stack_.front();
        return false;
      case NONE:
        push({.kind = Kind::none});
        break;
      case NEWTRUE:
      case NEWFALSE:
        push({.kind = Kind::boolean, .integer = opcode == NEWTRUE});
        break;
      case BININT1:
        push({.kind = Kind::integer, .integer = static_cast<std::int64_t>(take(1))});
        break;
      case BININT2:
        push({.kind = Kind::integer, .integer = static_cast<std::int64_t>(take(2))});
        break;
      case BININT:
        push({.kind = Kind::integer, .integer = static_cast<std::int32_t>(take(4))});
        break;
      case LONG1:
        push_long();
        break;
      case BINFLOAT:
        push_float();
        break;
      case BINUNICODE:
        push({.kind = Kind::text, .text = bytes(static_cast<std::size_t>(take(4)))});
        break;
      case EMPTY_LIST:
        push({.kind = Kind::list});
        break;
      case EMPTY_DICT:
        push({.kind = Kind::dict});
        break;
      case EMPTY_TUPLE:
        push({.kind = Kind::tuple});
        break;
      case TUPLE1:
      case TUPLE2:
      case TUPLE3:
        push({.kind = Kind::tuple, .items = pop_last(opcode - TUPLE1 + 1u)});
        break;
      case TUPLE:
        push({.kind = Kind::tuple, .items = pop_to_mark()});
        break;
      case APPEND:
        add_to(Kind::list, pop_last(1));
        break;
      case APPENDS:
        add_to(Kind::list, pop_to_mark());
        break;
      case SETITEM:
        add_to(Kind::dict, pop_last(2));
        break;
      case SETITEMS:
        add_to(Kind::dict, pop_to_mark());
        break;
      case BINPUT:
        memo_[static_cast<std::uint32_t>(take(1))] = top();
        break;
      case LONG_BINPUT:
        memo_[static_cast<std::uint32_t>(take(4))] = top();
        break;
      case BINGET:
        recall(static_cast<std::uint32_t>(take(1)));
        break;
      case LONG_BINGET:
        recall(static_cast<std::uint32_t>(take(4)));
        break;
      case GLOBAL:
        push_global();
        break;
      case BINPERSID:
        push({.kind = Kind::persistent, .items = pop_last(1)});
        break;
      case REDUCE:
        reduce();
        break;
      case BUILD:
        build();
        break;
      default:
        fail("has the opcode 0x{:02x} at byte {}, which torch.save does not write", opcode, begin_);
    }
    return true;
  }

  template <class... Values>
  [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) const {
    throw Error(OC_E_MODEL,
                fmt::format("{}: the pickle in it {}; if you trust the file, load it in Python and save its tensors as "
                            "safetensors",
                            file_name_, fmt::format(format, std::forward<Values>(values)...)));
  }

  std::string_view bytes(std::size_t count) {
    if (count > pickle_.size() - at_) fail("is cut short in the opcode at byte {}", begin_);
    const std::string_view taken(reinterpret_cast<const char*>(pickle_.data()) + at_, count);
    at_ += count;
    return taken;
  }

  // Little endian.
  std::uint64_t take(std::size_t count) {
    std::uint64_t value = 0;
    const std::string_view taken = bytes(count);
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }

  void push(PickleValue value) { stack_.push_back(&tree_.values_.emplace_back(std::move(value))); }

  // What lies below the latest mark belongs to an object that is still being built.
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleValue* top() const {
    if (stack_.size() <= floor()) fail("needs more objects than there are at byte {}", begin_);
    return stack_.back();
  }

  std::vector<const PickleValue*> pop_last(std::size_t count) {
    if (stack_.size() - floor() < count) fail("needs more objects than there are at byte {}", begin_);
    std::vector<const PickleValue*> popped(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return popped;
  }

  std::vector<const PickleValue*> pop_to_mark() {
    if (marks_.empty()) fail("needs a mark at byte {}", begin_);
    auto popped = pop_last(stack_.size() - marks_.back());
    marks_.pop_back();
    return popped;
  }

  void add_to(Kind kind, const std::vector<const PickleValue*>& items) {
    PickleValue* const owner = top();
    if (owner->kind != kind || (kind == Kind::dict && items.size() % 2 != 0))
      fail("fills something else than a {} at byte {}", kind == Kind::dict ? "dict" : "list", begin_);
    owner->items.insert(owner->items.end(), items.begin(), items.end());
  }

  void recall(std::uint32_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("recalls object {} at byte {}, which it has not kept", index, begin_);
    stack_.push_back(found->second);
  }

  void push_long() {
    const auto count = static_cast<std::size_t>(take(1));
    if (count > 8) fail("has an integer of {} bytes at byte {}", count, begin_);
    std::uint64_t value = take(count);
    if (count > 0 && count < 8 && (value >> (8 * count - 1) & 1) != 0) value |= ~std::uint64_t{0} << (8 * count);
    push({.kind = Kind::integer, .integer = static_cast<std::int64_t>(value)});
  }

  void push_float() {
    std::uint64_t bits = 0;
    for (const char c : bytes(8)) bits = bits << 8 | static_cast<unsigned char>(c);  // the one that is big endian
    push({.kind = Kind::real, .real = std::bit_cast<double>(bits)});
  }

  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(pickle_.data()) + at_, pickle_.size() - at_);
    const std::string_view found = bytes(std::min(rest.find('\n'), rest.size()));
    take(1);
    return found;
  }

  void push_global() {
    const std::string_view module = line(), name = line();
    const std::string full = std::string(module).append(".").append(name);
    const auto known = std::find(globals_.begin(), globals_.end(), full);
    if (known == globals_.end()) fail("refers to {}, which is not allowed here", quoted_name(full));
    push({.kind = Kind::global, .text = *known});
  }

  void reduce() {
    auto call = pop_last(2);
    if (call[0]->kind != Kind::global || call[1]->kind != Kind::tuple)
      fail("calls something that is not a function at byte {}", begin_);
    if (call[0]->text != ordered_dict) return push({.kind = Kind::call, .items = std::move(call)});
    if (!call[1]->items.empty()) fail("gives an OrderedDict arguments at byte {}", begin_);
    push({.kind = Kind::dict});
  }

  // The attributes of a state dict (`_metadata`: versions of its modules) say nothing about its tensors.
  void build() {
    if (pop_last(1)[0]->kind != Kind::dict || top()->kind != Kind::dict)
      fail("sets the state of an object at byte {}", begin_);
  }

  std::span<const std::byte> pickle_;
  std::span<const std::string_view> globals_;
  std::string_view file_name_;
  PickleTree tree_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::unordered_map<std::uint32_t, PickleValue*> memo_;
  std::size_t at_ = 0, begin_ = 0;  // the next byte, and the first of the current opcode
};

PickleTree PickleTree::read(std::span<const std::byte> pickle, std::span<const std::string_view> globals,
                            std::string_view file_name) {
  return Unpickler(pickle, globals, file_name).run();
}

}  // namespace ocellus::models
