#include "plugins/models/common/weights/checkpoint.hpp"

#include <gmock/gmock.h>

#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* index_name = "model.safetensors.index.json";
constexpr const char* first = "model-00001-of-00002.safetensors";
constexpr const char* second = "model-00002-of-00002.safetensors";

std::vector<std::string> names(const Checkpoint& checkpoint) {
  std::vector<std::string> names;
  for (const TensorView& tensor : checkpoint.tensors()) names.push_back(tensor.name);
  return names;
}

std::string refusal(const TemporaryFolder& folder) {
  return complaint([&] { Checkpoint::open(folder.path()); });
}

// The sentence about a folder that has only this index.
std::string refusal_of_index(const std::string& index) {
  const TemporaryFolder folder;
  folder.write(index_name, index);
  return refusal(folder);
}

std::string place(const char* tensor, const char* shard) {
  return std::string("\"") + tensor + "\":\"" + shard + "\"";
}

std::string index_of(const std::string& places) {
  return R"({"metadata":{"total_size":3},"weight_map":{)" + places + "}}";
}

const std::string good_index = index_of(place("a", first) + "," + place("c", first) + "," + place("b", second));

TEST(Checkpoint, OpensOneFile) {
  const TemporaryFolder folder;
  const auto file = folder.write("model.safetensors", letters("ba"));
  const auto checkpoint = Checkpoint::open(folder.path());
  EXPECT_THAT(names(checkpoint), ElementsAre("a", "b"));
  EXPECT_THAT(checkpoint.files(), ElementsAre(file));
  ASSERT_NE(checkpoint.find("b"), nullptr);
  EXPECT_EQ(static_cast<char>(checkpoint.find("b")->bytes[0]), 'b');
  EXPECT_EQ(checkpoint.find("c"), nullptr);
}

TEST(Checkpoint, OpensShardsAsOne) {
  const TemporaryFolder folder;
  const auto one = folder.write(first, letters("ca"));
  const auto two = folder.write(second, letters("b"));
  const auto index = folder.write(index_name, good_index);
  const auto checkpoint = Checkpoint::open(folder.path());
  EXPECT_THAT(names(checkpoint), ElementsAre("a", "b", "c"));
  EXPECT_THAT(checkpoint.files(), ElementsAre(index, one, two));
  for (const TensorView& tensor : checkpoint.tensors())
    EXPECT_EQ(static_cast<char>(tensor.bytes[0]), tensor.name[0]) << tensor.name;
}

TEST(Checkpoint, PrefersTheSingleFile) {
  const TemporaryFolder folder;
  folder.write("model.safetensors", letters("z"));
  folder.write(index_name, good_index);
  EXPECT_THAT(names(Checkpoint::open(folder.path())), ElementsAre("z"));
}

TEST(Checkpoint, SaysWhatAFolderLacks) {
  const TemporaryFolder folder;
  EXPECT_THAT(complaint([&] { Checkpoint::open(folder.path() / "absent"); }),
              AllOf(HasSubstr("absent"), HasSubstr("cannot be read")));
  EXPECT_THAT(refusal(folder), HasSubstr("is empty"));
  folder.write("config.json", "{}");
  EXPECT_THAT(refusal(folder), HasSubstr("holds no weights"));
  folder.write("training_args.bin", "");
  EXPECT_THAT(refusal(folder), HasSubstr("holds no weights"));
  folder.write("pytorch_model-00001-of-00002.bin", "");
  EXPECT_THAT(refusal(folder), AllOf(HasSubstr("pytorch_model-00001-of-00002.bin"),
                                     HasSubstr("neither pytorch_model.bin nor pytorch_model.bin.index.json")));
  folder.write(first, letters("a"));
  EXPECT_THAT(refusal(folder),
              AllOf(HasSubstr(first), HasSubstr("neither model.safetensors nor"), HasSubstr(index_name)));
}

TEST(Checkpoint, NamesTheMissingShard) {
  const TemporaryFolder folder;
  folder.write(index_name, good_index);
  folder.write(first, letters("ca"));
  EXPECT_THAT(refusal(folder), AllOf(HasSubstr(second), HasSubstr("is missing")));
}

TEST(Checkpoint, NamesTheBrokenShard) {
  const TemporaryFolder folder;
  folder.write(index_name, good_index);
  folder.write(first, letters("ca"));
  folder.write(second, letters("b").substr(0, 20));
  EXPECT_THAT(refusal(folder), HasSubstr(second));
}

TEST(Checkpoint, RefusesATensorTheIndexDoesNotPlace) {
  const TemporaryFolder folder;
  folder.write(index_name, good_index);
  folder.write(first, letters("ca"));
  folder.write(second, letters("bs"));
  EXPECT_THAT(refusal(folder), AllOf(HasSubstr(second), HasSubstr("holds tensor \"s\"")));
  folder.write(second, letters("ba"));  // placed, but in the first shard
  EXPECT_THAT(refusal(folder), AllOf(HasSubstr(second), HasSubstr("holds tensor \"a\"")));
}

TEST(Checkpoint, RefusesAPlaceWithoutItsTensor) {
  const TemporaryFolder folder;
  folder.write(index_name, good_index);
  folder.write(first, letters("a"));
  folder.write(second, letters("b"));
  EXPECT_THAT(refusal(folder), AllOf(HasSubstr(first), HasSubstr("lacks tensor \"c\"")));
}

TEST(Checkpoint, OpensNoFileOutsideTheFolder) {
  const TemporaryFolder outside;
  const TemporaryFolder folder;
  const std::string absolute = outside.write("other.safetensors", letters("a")).string();
  const std::string relative = "../" + outside.path().filename().string() + "/other.safetensors";
  for (const std::string& shard : {absolute, relative, std::string("sub/other.safetensors")}) {
    folder.write(index_name, index_of(place("a", shard.c_str())));
    EXPECT_THAT(refusal(folder), AllOf(HasSubstr(index_name), HasSubstr("\"a\""), HasSubstr(shard),
                                       HasSubstr("not the name of a .safetensors file in the folder")));
  }
}

TEST(Checkpoint, OpensNothingButSafetensors) {
  for (const char* shard : {"", ".", "..", "pytorch_model.bin", R"(a.safetensors\u0000)", R"(a\u0000.safetensors)"})
    EXPECT_THAT(refusal_of_index(index_of(place("a", shard))), HasSubstr("not the name of a .safetensors file"))
        << shard;
}

TEST(Checkpoint, RefusesAMalformedIndex) {
  EXPECT_THAT(refusal_of_index(""), AllOf(HasSubstr(index_name), HasSubstr("not valid JSON")));
  EXPECT_THAT(refusal_of_index(good_index.substr(0, 30)), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal_of_index(R"({"weight_map":{},"metadata":{"total_size":1e999}})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal_of_index("[]"), HasSubstr("no object weight_map"));
  EXPECT_THAT(refusal_of_index("{}"), HasSubstr("no object weight_map"));
  EXPECT_THAT(refusal_of_index(R"({"weight_map":[]})"), HasSubstr("no object weight_map"));
  EXPECT_THAT(refusal_of_index(R"({"weight_map":{"a":1}})"), HasSubstr("gives tensor \"a\" no file name"));
  EXPECT_THAT(refusal_of_index(index_of(place("a", first) + "," + place("a", second))), HasSubstr("names \"a\" twice"));
}

}  // namespace
}  // namespace ocellus::models
