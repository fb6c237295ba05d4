#include "plugins/models/common/pickle/state_dict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <tuple>
#include <utility>

#include "plugins/models/common/pickle/strided.hpp"
#include "plugins/models/common/pickle/unpickler.hpp"
#include "plugins/models/common/weights/quoted_name.hpp"

namespace ocellus::models {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view rebuild_tensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view rebuild_parameter = "torch._utils._rebuild_parameter";
constexpr std::uint64_t copies_beside_the_file = std::uint64_t{16} << 20;

constexpr std::array<std::pair<std::string_view, DType>, 10> storage_types{{
    {"torch.BFloat16Storage", DType::bf16},
    {"torch.BoolStorage", DType::bool_},
    {"torch.ByteStorage", DType::u8},
    {"torch.CharStorage", DType::i8},
    {"torch.DoubleStorage", DType::f64},
    {"torch.FloatStorage", DType::f32},
    {"torch.HalfStorage", DType::f16},
    {"torch.IntStorage", DType::i32},
    {"torch.LongStorage", DType::i64},
    {"torch.ShortStorage", DType::i16},
}};

// Everything that a pickle may refer to by name.
std::vector<std::string_view> allowed_globals() {
  std::vector<std::string_view> names{"collections.OrderedDict", rebuild_tensor, rebuild_parameter};
  for (const auto& [name, dtype] : storage_types) names.push_back(name);
  return names;
}

DType dtype_of(std::string_view storage_type) {
  return std::find_if(storage_types.begin(), storage_types.end(),
                      [&](const auto& row) { return row.first == storage_type; })
      ->second;
}

class StateDictReader {
 public:
  StateDictReader(const StorageOf& storage_of, std::size_t file_size, std::string_view file_name,
                  const std::shared_ptr<const void>& owner)
      : storage_of_(storage_of),
        copies_left_(file_size + copies_beside_the_file),
        file_name_(file_name),
        owner_(owner) {}

  std::vector<TensorView> read(const PickleValue& root) {
    if (root.kind != Kind::dict) fail("it holds something else than a dict of tensors");
    std::vector<TensorView> tensors;
    for (std::size_t i = 0; i < root.items.size(); i += 2) {
      if (root.items[i]->kind != Kind::text) fail("its dict has a key that is no text");
      name_ = root.items[i]->text;
      tensors.push_back(tensor(*root.items[i + 1]));
    }
    std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < tensors.size(); ++i)
      if (tensors[i].name == tensors[i - 1].name) fail("tensor {} comes twice", quoted_name(tensors[i].name));
    return tensors;
  }

 private:
  struct Storage {
    DType dtype;
    std::span<const std::byte> bytes;
    std::uint64_t count;  // elements
  };

  template <class... Values>
  [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) const {
    throw Error(OC_E_MODEL, fmt::format("{}: {}; save the model's state_dict again, or convert it to safetensors",
                                        file_name_, fmt::format(format, std::forward<Values>(values)...)));
  }
  [[noreturn]] void fail_malformed(std::string_view what) const {
    fail("the {} of tensor {} is malformed", what, quoted_name(name_));
  }

  // The arguments of a call of `function` with `count` of them; null if `value` is something else.
  static const std::vector<const PickleValue*>* arguments(const PickleValue& value, std::string_view function,
                                                          std::size_t count) {
    if (value.kind != Kind::call || value.items[0]->text != function) return nullptr;
    return value.items[1]->items.size() == count ? &value.items[1]->items : nullptr;
  }

  TensorView tensor(const PickleValue& value) {
    const PickleValue* rebuilt = &value;
    if (const auto* parameter = arguments(value, rebuild_parameter, 3)) {
      rebuilt = (*parameter)[0];  // then requires_grad and hooks
    }
    const auto* const parts = arguments(*rebuilt, rebuild_tensor, 6);  // the last two: requires_grad, hooks
    if (parts == nullptr) fail("the entry {} holds no plain tensor", quoted_name(name_));
    const Storage storage = storage_of(*(*parts)[0]);
    const StridedLayout layout{integer(*(*parts)[1], "offset"), integers(*(*parts)[2], "shape"),
                               integers(*(*parts)[3], "stride")};
    if (layout.shape.size() != layout.strides.size()) fail_malformed("stride");
    const auto extent = storage_extent(layout);
    const auto count = element_count(layout);
    if (!extent || !count || *extent > storage.count)
      fail("tensor {} reaches over the end of its storage, which has {} elements", quoted_name(name_), storage.count);
    TensorView view{std::string(name_), storage.dtype, {layout.shape.begin(), layout.shape.end()}, {}, owner_};
    place(view, storage, layout, *count);
    return view;
  }

  Storage storage_of(const PickleValue& id) const {
    if (id.kind != Kind::persistent || id.items[0]->kind != Kind::tuple || id.items[0]->items.size() != 5)
      fail_malformed("storage");
    const auto& parts = id.items[0]->items;  // "storage", type, key, device, elements
    if (parts[0]->text != "storage" || parts[1]->kind != Kind::global || !parts[1]->text.ends_with("Storage") ||
        parts[2]->kind != Kind::text)
      fail_malformed("storage");
    const DType dtype = dtype_of(parts[1]->text);
    const std::uint64_t count = integer(*parts[4], "storage");
    const auto bytes = storage_of_(parts[2]->text);
    if (!bytes) fail("the storage {} of tensor {} is missing", quoted_name(parts[2]->text), quoted_name(name_));
    if (count > bytes->size() || bytes->size() != count * item_size(dtype))
      fail("the storage of tensor {} has {} bytes, and {} elements of {} do not take that", quoted_name(name_),
           bytes->size(), count, models::name(dtype));
    return {dtype, *bytes, count};
  }

  // Where the elements are in memory: in the storage, or in a copy in C order.
  void place(TensorView& view, const Storage& storage, const StridedLayout& layout, std::uint64_t count) {
    const std::size_t item = item_size(storage.dtype);
    if (count == 0) return;
    if (is_contiguous(layout)) {
      view.bytes =
          storage.bytes.subspan(static_cast<std::size_t>(layout.offset) * item, static_cast<std::size_t>(count) * item);
      return;
    }
    auto& copy = copies_[{storage.bytes.data(), storage.dtype, layout}];
    if (!copy) {
      if (count > copies_left_ / item)
        fail("tensor {} and others repeat elements of their storages too often", quoted_name(name_));
      copies_left_ -= count * item;
      copy = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(count) * item);
      gather(storage.bytes, layout, item, *copy);
    }
    view.bytes = *copy;
    view.owner = copy;
  }

  std::uint64_t integer(const PickleValue& value, std::string_view what) const {
    if (value.kind != Kind::integer || value.integer < 0) fail_malformed(what);
    return static_cast<std::uint64_t>(value.integer);
  }

  std::vector<std::uint64_t> integers(const PickleValue& value, std::string_view what) const {
    constexpr std::size_t max_rank = 64;  // torch's own limit
    if (value.kind != Kind::tuple || value.items.size() > max_rank) fail_malformed(what);
    std::vector<std::uint64_t> numbers;
    for (const PickleValue* item : value.items) numbers.push_back(integer(*item, what));
    return numbers;
  }

  const StorageOf& storage_of_;
  std::uint64_t copies_left_;  // bytes
  std::string_view file_name_;
  std::shared_ptr<const void> owner_;
  std::string_view name_;  // of the tensor that is being read
  std::map<std::tuple<const std::byte*, DType, StridedLayout>, std::shared_ptr<std::vector<std::byte>>> copies_;
};

}  // namespace

std::vector<TensorView> read_state_dict(std::span<const std::byte> pickle, const StorageOf& storage_of,
                                        std::size_t file_size, std::string_view file_name,
                                        const std::shared_ptr<const void>& owner) {
  const std::vector<std::string_view> globals = allowed_globals();
  const PickleTree tree = PickleTree::read(pickle, globals, file_name);
  return StateDictReader(storage_of, file_size, file_name, owner).read(tree.root());
}

}  // namespace ocellus::models
