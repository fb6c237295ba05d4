#include "plugins/models/common/pickle/state_dict.hpp"

#include <gmock/gmock.h>

#include "tests/plugins/models/common/pickle/hand_made.hpp"
#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What a test changes about the one tensor of a pickle.
struct Tensor {
  std::string type = "FloatStorage", tag = "storage", key = "0";
  std::int64_t count = 4, offset = 0;
  std::vector<std::int64_t> shape{2, 2}, stride{2, 1};
};

std::string numbers(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const std::int64_t value : values) items.push_back(integer(value));
  return tuple(items);
}

std::string rebuilt(const Tensor& tensor) {
  const std::string id =
      tuple({text(tensor.tag), global("torch", tensor.type), text(tensor.key), text("cpu"), integer(tensor.count)});
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple({id + "Q", integer(tensor.offset), numbers(tensor.shape), numbers(tensor.stride), "\x89", "}"}) + "R";
}

const std::vector<float> values{1, 2, 3, 4};

std::vector<TensorView> read(const std::string& program) {
  const StorageOf storage = [](std::string_view key) -> std::optional<std::span<const std::byte>> {
    if (key != "0") return std::nullopt;
    return std::as_bytes(std::span(values));
  };
  return read_state_dict(bytes_of(pickle(program)), storage, 100, "x.bin", nullptr);
}

std::string refusal(const Tensor& tensor) {
  return complaint([&] { read(dict(text("w") + rebuilt(tensor))); });
}

TEST(StateDict, ViewsWhatIsInOrderAndCopiesWhatIsNot) {
  const auto tensors = read(dict(text("b") + rebuilt({.shape = {2, 2}, .stride = {1, 2}}) + text("a") +
                                 rebuilt({.offset = 1, .shape = {2}, .stride = {1}})));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[0].bytes.data(), reinterpret_cast<const std::byte*>(values.data() + 1));
  EXPECT_EQ(tensors[1].shape, (std::vector<std::int64_t>{2, 2}));
  const auto* const turned = reinterpret_cast<const float*>(tensors[1].bytes.data());
  EXPECT_EQ(std::vector<float>(turned, turned + 4), (std::vector<float>{1, 3, 2, 4}));
}

TEST(StateDict, CopiesOnceWhatTwoNamesShare) {
  const Tensor turned{.shape = {2, 2}, .stride = {1, 2}};
  const auto tensors = read(dict(text("b") + rebuilt(turned) + text("a") + rebuilt(turned)));
  EXPECT_EQ(tensors[0].bytes.data(), tensors[1].bytes.data());
}

TEST(StateDict, RefusesTensorsOutsideOfTheirStorage) {
  for (const Tensor& tensor : std::vector<Tensor>{{.offset = 1},
                                                  {.shape = {5}, .stride = {1}},
                                                  {.shape = {2}, .stride = {4}},
                                                  {.shape = {3}, .stride = {INT64_MAX}},
                                                  {.offset = INT64_MAX, .shape = {1}, .stride = {1}}})
    EXPECT_THAT(refusal(tensor), AllOf(HasSubstr("\"w\""), HasSubstr("reaches over the end")));
  EXPECT_THAT(refusal({.shape = {INT64_MAX, 4}, .stride = {0, 1}}), HasSubstr("reaches over the end"));
}

TEST(StateDict, RefusesStridesThatAskForAllMemory) {
  EXPECT_THAT(refusal({.shape = {std::int64_t{1} << 40}, .stride = {0}}), HasSubstr("repeat elements"));
  // Each of them a little, all together too much.
  std::string program;
  for (int i = 0; i < 20; ++i)
    program += text(std::to_string(i)) + rebuilt({.offset = i % 4, .shape = {400'000 + i}, .stride = {0}});
  EXPECT_THAT(complaint([&] { read(dict(program)); }), HasSubstr("repeat elements"));
  EXPECT_EQ(read(dict(text("w") + rebuilt({.shape = {1000}, .stride = {0}})))[0].bytes.size(), 4000u);
}

TEST(StateDict, RefusesStoragesThatAreNotWhatIsSaid) {
  EXPECT_THAT(refusal({.key = "1"}), HasSubstr("storage \"1\" of tensor \"w\" is missing"));
  EXPECT_THAT(refusal({.key = "../0"}), HasSubstr("missing"));
  EXPECT_THAT(refusal({.count = 5}), HasSubstr("has 16 bytes, and 5 elements of F32"));
  EXPECT_THAT(refusal({.count = std::int64_t{1} << 62}), HasSubstr("has 16 bytes"));
  EXPECT_THAT(refusal({.type = "HalfStorage"}), HasSubstr("4 elements of F16"));
  EXPECT_THAT(refusal({.type = "ComplexFloatStorage"}), HasSubstr("torch.ComplexFloatStorage"));
  EXPECT_THAT(refusal({.tag = "module"}), HasSubstr("storage of tensor \"w\" is malformed"));
}

TEST(StateDict, RefusesMalformedTensors) {
  EXPECT_THAT(refusal({.count = -4}), HasSubstr("malformed"));
  EXPECT_THAT(refusal({.offset = -1}), HasSubstr("offset of tensor \"w\" is malformed"));
  EXPECT_THAT(refusal({.shape = {-1}, .stride = {1}}), HasSubstr("shape of tensor \"w\" is malformed"));
  EXPECT_THAT(refusal({.shape = {2}, .stride = {2, 1}}), HasSubstr("stride of tensor \"w\" is malformed"));
  EXPECT_THAT(refusal({.shape = std::vector<std::int64_t>(65, 1), .stride = {}}), HasSubstr("malformed"));
}

TEST(StateDict, RefusesWhatIsNoTensor) {
  const auto refuse = [](const std::string& program) { return complaint([&] { read(program); }); };
  EXPECT_THAT(refuse("N"), HasSubstr("something else than a dict"));
  EXPECT_THAT(refuse("]"), HasSubstr("something else than a dict"));
  EXPECT_THAT(refuse("}NNs"), HasSubstr("a key that is no text"));
  EXPECT_THAT(refuse(dict(text("epoch") + "K\x01")), HasSubstr("\"epoch\" holds no plain tensor"));
  EXPECT_THAT(refuse(dict(text("w") + rebuilt({}) + text("w") + rebuilt({}))), HasSubstr("\"w\" comes twice"));
  const std::string few = global("torch._utils", "_rebuild_tensor_v2") + ")R";
  EXPECT_THAT(refuse(dict(text("w") + few)), HasSubstr("no plain tensor"));
  std::string parameters = rebuilt({});  // a parameter of a parameter
  for (int i = 0; i < 2; ++i)
    parameters = global("torch._utils", "_rebuild_parameter") + tuple({parameters, "\x88", "}"}) + "R";
  EXPECT_THAT(refuse(dict(text("w") + parameters)), HasSubstr("no plain tensor"));
}

}  // namespace
}  // namespace ocellus::models
