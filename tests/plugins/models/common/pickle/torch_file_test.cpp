// Files that torch.save wrote (tools/fixtures/pickle.py).
#include "plugins/models/common/pickle/torch_file.hpp"

#include <gmock/gmock.h>

#include "plugins/models/common/weights/checkpoint.hpp"
#include "tests/plugins/models/common/weights/hand_made.hpp"
#include "tests/support/npy.hpp"

namespace ocellus::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "pickle";

class TorchFile : public testing::TestWithParam<const char*> {};

TEST_P(TorchFile, HoldsWhatTorchLoadsFromIt) {
  const auto tensors = open_torch_file(data / (std::string(GetParam()) + ".bin"));
  std::size_t expected_count = 0;
  std::error_code no_folder;  // of a file without tensors: version control keeps no empty one
  for (const auto& file : std::filesystem::directory_iterator(data / GetParam(), no_folder)) {
    const std::string name = file.path().stem().string();
    const TensorView* const tensor = find_tensor(tensors, name);
    ASSERT_NE(tensor, nullptr) << name;
    const test::NpyArray expected = test::read_npy(file.path());
    EXPECT_EQ(tensor->shape, expected.shape) << name;
    EXPECT_TRUE(std::equal(tensor->bytes.begin(), tensor->bytes.end(), expected.bytes.begin(), expected.bytes.end()))
        << name;
    ++expected_count;
  }
  EXPECT_EQ(tensors.size(), expected_count);
}

INSTANTIATE_TEST_SUITE_P(, TorchFile, testing::Values("plain", "views", "ordered", "parameters", "none"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(TorchFileTypes, AreThoseOfTheStorages) {
  const auto tensors = open_torch_file(data / "plain.bin");
  EXPECT_EQ(find_tensor(tensors, "bf16")->dtype, DType::bf16);
  EXPECT_EQ(find_tensor(tensors, "bool")->dtype, DType::bool_);
  EXPECT_EQ(find_tensor(tensors, "f16")->dtype, DType::f16);
  EXPECT_EQ(find_tensor(tensors, "f64")->dtype, DType::f64);
  EXPECT_EQ(find_tensor(tensors, "i16")->dtype, DType::i16);
  EXPECT_EQ(find_tensor(tensors, "i64")->dtype, DType::i64);
  EXPECT_EQ(find_tensor(tensors, "u8")->dtype, DType::u8);
}

TEST(TorchFileViews, OfOneStorageAreNotCopied) {
  const auto tensors = open_torch_file(data / "views.bin");
  EXPECT_EQ(find_tensor(tensors, "whole")->bytes.data(), find_tensor(tensors, "same")->bytes.data());
  EXPECT_EQ(find_tensor(tensors, "rows")->bytes.data(), find_tensor(tensors, "whole")->bytes.data() + 7 * 4);
  EXPECT_EQ(find_tensor(tensors, "transposed")->bytes.data(), find_tensor(tensors, "same_transposed")->bytes.data());
}

TEST(TorchFileRefusals, SayWhatItIs) {
  const auto refusal = [](const std::string& name) {
    return complaint([&] { open_torch_file(data / ("refused_" + name + ".bin")); });
  };
  EXPECT_THAT(refusal("command"), HasSubstr("posix.system"));
  EXPECT_THAT(refusal("module"), HasSubstr("torch.nn.modules.linear.Linear"));
  EXPECT_THAT(refusal("float8"), HasSubstr("torch._utils._rebuild_tensor_v3"));
  EXPECT_THAT(refusal("complex"), HasSubstr("torch.ComplexFloatStorage"));
  EXPECT_THAT(refusal("nested"), HasSubstr("\"state_dict\" holds no plain tensor"));
  EXPECT_THAT(refusal("list"), HasSubstr("something else than a dict"));
  EXPECT_THAT(refusal("number_as_key"), HasSubstr("key that is no text"));
  EXPECT_THAT(refusal("old"), HasSubstr("torch before 1.6"));
  EXPECT_THAT(refusal("torchscript"), HasSubstr("TorchScript"));
  EXPECT_THAT(refusal("compressed"), HasSubstr("compressed"));
  EXPECT_THAT(refusal("big_endian"), HasSubstr("big-endian"));
  EXPECT_THAT(complaint([] { open_torch_file(data / "plain" / "f32.npy"); }), HasSubstr("not a checkpoint"));
}

std::string content(const std::filesystem::path& path) {
  return test::npy_detail::read_file(path);
}

TEST(TorchFileRefusals, OfEveryCut) {
  const std::string whole = content(data / "ordered.bin");
  for (std::size_t size = 0; size < whole.size(); size += 3)
    complaint([&] { parse_torch_file(std::as_bytes(std::span(whole.data(), size)), "cut.bin", nullptr); });
}

TEST(CheckpointOfBinFiles, OpensOneFile) {
  const TemporaryFolder folder;
  const auto file = folder.write("pytorch_model.bin", content(data / "ordered.bin"));
  const auto checkpoint = Checkpoint::open(folder.path());
  EXPECT_NE(checkpoint.find("weight"), nullptr);
  EXPECT_THAT(checkpoint.files(), ElementsAre(file));
  EXPECT_THAT(Checkpoint::files_of(folder.path()), ElementsAre(file));
  const auto preferred = folder.write("model.safetensors", letters("a"));
  EXPECT_THAT(Checkpoint::open(folder.path()).files(), ElementsAre(preferred));
  EXPECT_THAT(Checkpoint::files_of(folder.path()), ElementsAre(preferred));
}

TEST(CheckpointOfBinFiles, OpensShards) {
  const TemporaryFolder folder;
  const auto index =
      folder.write("pytorch_model.bin.index.json", R"({"weight_map":{"weight":"b.bin","bias":"b.bin"}})");
  EXPECT_THAT(complaint([&] { Checkpoint::open(folder.path()); }), HasSubstr("b.bin is missing"));
  const auto shard = folder.write("b.bin", content(data / "ordered.bin"));
  const auto checkpoint = Checkpoint::open(folder.path());
  EXPECT_EQ(checkpoint.tensors().size(), 2u);
  EXPECT_THAT(Checkpoint::files_of(folder.path()), ElementsAre(index, shard));
  folder.write("pytorch_model.bin.index.json", R"({"weight_map":{"weight":"../b.bin"}})");
  EXPECT_THAT(complaint([&] { Checkpoint::open(folder.path()); }), HasSubstr("not the name of a .bin file"));
}

}  // namespace
}  // namespace ocellus::models
