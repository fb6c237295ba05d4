// Model folders that cannot be opened, each spoilt in one way: exit 3 (4 for a model of another kind).
#include <cstring>
#include <functional>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

class BadModel : public Program {
 protected:
  void expect_refused(int code, const Words& sentence, const std::filesystem::path& model) const {
    expect_refusal(ocellus(run_words("out", model) +
                           Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention"}),
                   code, sentence);
    EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
  }
  std::filesystem::path model() const { return scratch / "model"; }
  std::filesystem::path weights() const { return model() / "model.safetensors"; }
};

TEST_F(BadModel, MissingFolder) {
  expect_refused(3, {"nowhere", "no such folder"}, scratch / "nowhere");
}

TEST_F(BadModel, EmptyFolder) {
  std::filesystem::create_directory(model());
  expect_refused(3, {model().string(), "config.json"}, model());
}

TEST_F(BadModel, FolderWithoutConfig) {
  copy_model("base", model());
  std::filesystem::remove(model() / "config.json");
  expect_refused(3, {model().string(), "config.json"}, model());
}

TEST_F(BadModel, ConfigThatIsNotJson) {
  copy_model("base", model());
  write_file(model() / "config.json", "{\"model_type\":");
  expect_refused(3, {"config.json", "JSON"}, model());
}

TEST_F(BadModel, UnknownModelType) {
  copy_model("base", model());
  edit_json(model() / "config.json",
            [](json& config) { config["model_type"] = "gpt2", config["architectures"] = json::array(); });
  expect_refused(4, {"config.json", "'gpt2'"}, model());
}

TEST_F(BadModel, ConfigThatContradictsItself) {
  copy_model("base", model());
  edit_json(model() / "config.json", [](json& config) { config["num_key_value_heads"] = 4; });
  expect_refused(3, {"config.json", "num_attention_heads"}, model());
}

TEST_F(BadModel, UnknownChatTemplate) {
  expect_refused(3, {"chat template", "sha256"}, fixtures / "unknown_template/model");
}

TEST_F(BadModel, UnknownPartOfTheTokenizer) {
  copy_model("base", model());
  edit_json(model() / "tokenizer.json", [](json& tokenizer) { tokenizer["model"]["type"] = "Unigram"; });
  expect_refused(3, {"tokenizer.json", "Unigram"}, model());
}

TEST_F(BadModel, NoWeights) {
  copy_model("base", model());
  std::filesystem::remove(weights());
  expect_refused(3, {model().string(), "safetensors"}, model());
}

TEST_F(BadModel, PickledWeightsThatAreNone) {
  copy_model("base", model());
  std::filesystem::rename(weights(), model() / "pytorch_model.bin");
  expect_refused(3, {"pytorch_model.bin", "not a checkpoint of torch.save"}, model());
}

TEST_F(BadModel, MissingWeight) {
  copy_model("base", model());
  edit_header(weights(), [](json& header) {
    json entry = header["model.norm.weight"];  // its bytes stay taken
    header.erase("model.norm.weight");
    header["lm_head.bias"] = entry;
  });
  expect_refused(3, {model().string(), "lacks", "'model.norm.weight'", "[48]"}, model());
}

TEST_F(BadModel, ExtraWeight) {
  copy_model("base", model());
  const uint64_t end = std::filesystem::file_size(weights());
  edit_header(weights(), [](json& header) {
    uint64_t data_end = 0;
    for (const auto& [name, entry] : header.items()) {
      if (name != "__metadata__") data_end = std::max<uint64_t>(data_end, entry["data_offsets"][1]);
    }
    header["model.layers.3.extra.weight"] = {
        {"dtype", "F32"}, {"shape", {2}}, {"data_offsets", {data_end, data_end + 8}}};
  });
  ASSERT_GT(std::filesystem::file_size(weights()), end);
  write_file(weights(), read_file(weights()) + std::string(8, '\0'));
  expect_refused(3, {"'model.layers.3.extra.weight'", "[2]", "no place"}, model());
}

TEST_F(BadModel, MisshapenWeight) {
  copy_model("base", model());
  edit_header(weights(), [](json& header) { header["model.layers.1.mlp.down_proj.weight"]["shape"] = {64, 48}; });
  expect_refused(3, {"'model.layers.1.mlp.down_proj.weight'", "[64, 48]", "[48, 64]"}, model());
}

struct BadHeader {
  const char* name;
  std::function<void(const std::filesystem::path& weights)> spoil;
  Words sentence;
};

void PrintTo(const BadHeader& bad, std::ostream* out) {
  *out << bad.name;
}

// A file like {"a": [0, 8), "b": [8, 16)} with another header.
void replace(const std::filesystem::path& weights, const std::string& header) {
  write_file(weights, std::string(8, '\0') + std::string(16, '\0'));
  write_header(weights, header, header.size());
}

class BadWeightFile : public BadModel, public ::testing::WithParamInterface<BadHeader> {};

TEST_P(BadWeightFile, IsRefused) {
  copy_model("base", model());
  GetParam().spoil(weights());
  expect_refused(3, GetParam().sentence + Words{"model.safetensors"}, model());
}

INSTANTIATE_TEST_SUITE_P(
    Headers, BadWeightFile,
    ::testing::Values(
        BadHeader{"Empty", [](const auto& file) { write_file(file, ""); }, {}},
        BadHeader{"CutInTheLength", [](const auto& file) { write_file(file, "\x10"); }, {}},
        BadHeader{"CutInTheHeader", [](const auto& file) { write_file(file, read_file(file).substr(0, 500)); }, {}},
        BadHeader{"CutInTheData", [](const auto& file) { write_file(file, read_file(file).substr(0, 1'000'000)); }, {}},
        BadHeader{"MoreThanItSays", [](const auto& file) { write_file(file, read_file(file) + "more"); }, {}},
        BadHeader{"HugeHeader", [](const auto& file) { write_header(file, "{}", uint64_t{1} << 62); }, {}},
        BadHeader{"NotJson", [](const auto& file) { replace(file, "{\"a\":"); }, {"JSON"}},
        BadHeader{
            "Overlapping",
            [](const auto& file) {
              replace(
                  file,
                  R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})");
            },
            {"\"b\"", "inside the one before it"}},
        BadHeader{"OutsideTheFile",
                  [](const auto& file) { replace(file, R"({"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}})"); },
                  {"\"a\""}},
        BadHeader{"ShapeThatIsNotItsSize",
                  [](const auto& file) { replace(file, R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}})"); },
                  {"\"a\""}},
        BadHeader{"ShapeThatOverflows",
                  [](const auto& file) {
                    replace(file, R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}})");
                  },
                  {"\"a\""}},
        BadHeader{"UnknownType",
                  [](const auto& file) { replace(file, R"({"a":{"dtype":"Q4","shape":[4],"data_offsets":[0,16]}})"); },
                  {"\"a\"", "Q4"}}),
    [](const auto& of) { return of.param.name; });

TEST_F(BadModel, IndexThatPointsOutsideItsFolder) {
  copy_model("sharded", model());
  edit_json(model() / "model.safetensors.index.json", [](json& index) {
    for (auto& [name, file] : index["weight_map"].items()) file = "../" + file.get<std::string>();
  });
  expect_refused(3, {"model.safetensors.index.json", "../model-00001-of-00003.safetensors"}, model());
}

TEST_F(BadModel, IndexThatNamesAMissingShard) {
  copy_model("sharded", model());
  std::filesystem::remove(model() / "model-00002-of-00003.safetensors");
  expect_refused(3, {"model-00002-of-00003.safetensors"}, model());
}

}  // namespace
}  // namespace ocellus::test
