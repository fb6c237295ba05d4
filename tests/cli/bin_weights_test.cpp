// A model folder whose weights are pytorch_model.bin gives what the same folder with safetensors gives.
#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"
#include "tests/plugins/models/common/pickle/hand_made.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

// The tensors of a safetensors file as a checkpoint of torch.save; those of two sides turned, as a transposed view has
// them.
std::string torch_file(const std::string& safetensors) {
  const size_t header_size = npy_detail::number(safetensors, 0, 8);
  const json header = json::parse(safetensors.substr(8, header_size));
  std::string program;
  std::vector<models::ZipPart> parts;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    const size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
    std::string data = safetensors.substr(8 + header_size + begin, end - begin);
    std::vector<int64_t> shape = entry["shape"], strides(shape.size(), 1);
    for (size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
    if (shape.size() == 2) {
      std::string turned;
      for (int64_t column = 0; column < shape[1]; ++column) {
        for (int64_t row = 0; row < shape[0]; ++row)
          turned += data.substr(static_cast<size_t>(row * shape[1] + column) * 4, 4);
      }
      data = turned;
      strides = {1, shape[0]};
    }
    const auto numbers = [](const std::vector<int64_t>& values) {
      std::vector<std::string> items;
      for (const int64_t value : values) items.push_back(models::integer(value));
      return models::tuple(items);
    };
    const std::string key = std::to_string(parts.size());
    const std::string id =
        models::tuple({models::text("storage"), models::global("torch", "FloatStorage"), models::text(key),
                       models::text("cpu"), models::integer(static_cast<int64_t>(data.size() / 4))});
    program += models::text(name) + models::global("torch._utils", "_rebuild_tensor_v2") +
               models::tuple({id + "Q", models::integer(0), numbers(shape), numbers(strides), "\x89", "}"}) + "R";
    parts.push_back({"model/data/" + key, data});
  }
  parts.push_back({"model/data.pkl", models::pickle(models::dict(program))});
  return models::zip(parts);
}

using BinWeights = Program;

TEST_F(BinWeights, GiveWhatSafetensorsGive) {
  copy_model("base", scratch / "model");
  const auto weights = scratch / "model/model.safetensors";
  write_file(scratch / "model/pytorch_model.bin", torch_file(read_file(weights)));
  std::filesystem::remove(weights);
  const auto run_of = [&](const std::string& out, const std::filesystem::path& model) {
    const Outcome outcome =
        ocellus(run_words(out, model) + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                              "tensors:probes=logits_last+generated_ids", "--max-new-tokens", "4"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_file(sample(out, "small-0") / "tensors.npz");
  };
  EXPECT_EQ(run_of("bin", scratch / "model"), run_of("safetensors", base_model));
  // The file that holds the weights decides the numbers, so that it is part of the run's name.
  EXPECT_THAT(read_file(scratch / "bin/run.json"), ::testing::HasSubstr("pytorch_model.bin"));
}

}  // namespace
}  // namespace ocellus::test
