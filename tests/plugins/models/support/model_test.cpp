// What every model does alike: types and devices, faults of samples, missing weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"
#include "tests/plugins/models/support/scratch_copy.hpp"
#include "tests/plugins/models/support/tested_model.hpp"

namespace ocellus::test {

namespace {

using testing::HasSubstr;

TEST(Model, RunsBfloat16AsStored) {
  const ModelFixture fixture(tested_model().family, "bf16");
  const auto model = open_tested_model(fixture.model_folder, {.dtype = "auto"});
  const auto conversation = fixture.conversation();
  RecordingSink sink;
  const auto prepared = model->prepare(conversation->sample(), sink.sink());
  const int64_t last = sink.layouts.at("language").tokens - 1;
  Plan plan(0);
  const uint32_t probe = plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {last}});
  const uint32_t rows =
      plan.add({.kind = OC_PROBE_ATTENTION, .stack = "language", .layers = {1}, .heads = {0}, .rows = {last}});
  model->load();
  model->execute(*prepared, plan.get(), sink.sink());
  const auto& logits = sink.row(probe, -1, last).values;
  const NpyArray expected = fixture.expected("logits_last_bf16");
  std::vector<float> reference;
  for (const uint16_t bits : expected.as<uint16_t>())
    reference.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits) << 16));
  double sum = 0;
  for (size_t i = 0; i < logits.size(); ++i)
    sum += std::abs(static_cast<double>(logits[i]) - static_cast<double>(reference[i]));
  EXPECT_LE(sum / static_cast<double>(logits.size()), 0.05);
  double mass = 0;
  for (const float value : sink.row(rows, 1, last).values) mass += static_cast<double>(value);
  EXPECT_NEAR(mass, 1, 1e-6);  // promise 6: rows are float32 also here
  EXPECT_EQ(model->estimate(*prepared, plan.get()).weight_bytes * 2,
            open_tested_model(fixture.model_folder)->estimate(*prepared, plan.get()).weight_bytes);
}

TEST(Model, ADeviceThatIsNotThereIsRefused) {
  for (const char* device : {"cuda:99", "gpu", "cuda:", "cuda:-1", "cuda:1x", "CPU", ""}) {
    EXPECT_THAT(sentence_of(OC_E_UNSUPPORTED, [&] { open_tested_model(model_folder_of("base"), {.device = device}); }),
                HasSubstr(device));
  }
}

// Rows of the last prompt token in one type: attention of every layer, the last hidden state and the logits.
struct LastRow {
  std::vector<float> attention, hidden, logits;

  explicit LastRow(const std::string& dtype) {
    const ModelFixture fixture(tested_model().family, "two_images");
    const auto model = open_tested_model(fixture.model_folder, {.dtype = dtype});
    const auto conversation = fixture.conversation();
    RecordingSink sink;
    const auto prepared = model->prepare(conversation->sample(), sink.sink());
    const int64_t last = sink.layouts.at("language").tokens - 1, patch = sink.layouts.at("vision").tokens - 1;
    const int64_t layers = model->stacks()[0].n_layers, heads = model->stacks()[0].n_heads;
    const int64_t last_block = int64_t{model->stacks()[1].n_layers} - 1;  // has whole rows in every model
    Plan plan(0);
    const uint32_t rows = plan.add({.kind = OC_PROBE_ATTENTION,
                                    .stack = "language",
                                    .layers = up_to(layers),
                                    .heads = up_to(heads),
                                    .rows = {last}});
    const uint32_t patches = plan.add(
        {.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {last_block}, .heads = {0}, .rows = {patch}});
    const uint32_t states =
        plan.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = {layers}, .rows = {last}});
    const uint32_t scores = plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {last}});
    model->load();
    model->execute(*prepared, plan.get(), sink.sink());
    for (int64_t layer = 0; layer < layers; ++layer) {
      const auto& values = sink.row(rows, layer, last).values;
      attention.insert(attention.end(), values.begin(), values.end());
    }
    hidden = sink.row(states, layers, last).values;
    logits = sink.row(scores, -1, last).values;
    // Promise 6: rows are float32 in every type.
    EXPECT_NEAR(std::accumulate(attention.begin(), attention.end(), 0.0), static_cast<double>(layers * heads), 1e-5);
    const auto& tower = sink.row(patches, last_block, patch).values;
    EXPECT_NEAR(std::accumulate(tower.begin(), tower.end(), 0.0), 1, 1e-6);
  }
};

TEST(Model, Float16DiffersFromFloat32ByItsRounding) {
  // Half of the last bit, 2^-11, at each of the dozens of roundings between pixels and logits; bfloat16 has three bits
  // less, so that an accumulation in the type itself, or a cast too many, shows.
  const LastRow exact("float32"), half("float16"), bfloat("bfloat16");
  const auto compare = [](const std::vector<float>& reference, const std::vector<float>& in_half,
                          const std::vector<float>& in_bfloat) {
    const double largest = std::abs(*std::max_element(reference.begin(), reference.end(),
                                                      [](float a, float b) { return std::abs(a) < std::abs(b); }));
    const double difference = largest_difference(reference, in_half);
    EXPECT_GT(difference, 0);
    EXPECT_LE(difference, 16 * std::ldexp(largest, -11));
    EXPECT_LE(difference, largest_difference(reference, in_bfloat) / 3);
  };
  compare(exact.attention, half.attention, bfloat.attention);
  compare(exact.hidden, half.hidden, bfloat.hidden);
  compare(exact.logits, half.logits, bfloat.logits);
}

TEST(Model, NumbersBeyondFloat16AreThatSamplesFault) {
  const auto refusal = [](const std::string& weight, const std::string& dtype) {
    const ScratchCopy folder(model_folder_of("base"));
    std::vector<float> large;
    folder.edit_weights([&](auto& tensors) {
      for (models::TensorView& tensor : tensors) {
        if (tensor.name != weight) continue;
        large.assign(tensor.bytes.size() / sizeof(float), 60000.0f);
        tensor.bytes = std::as_bytes(std::span(large));
      }
    });
    const auto model = open_tested_model(folder.path(), {.dtype = dtype});
    const ModelFixture fixture(tested_model().family, "base");
    const auto conversation = fixture.conversation();
    RecordingSink sink;
    const auto prepared = model->prepare(conversation->sample(), sink.sink());
    Plan plan(0);
    plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {sink.layouts.at("language").tokens - 1}});
    model->load();
    const auto execute = [&] { model->execute(*prepared, plan.get(), sink.sink()); };
    if (dtype == "float16") return sentence_of(OC_E_SAMPLE, execute);
    execute();
    return std::string();
  };
  const TestedModel tested = tested_model();
  EXPECT_THAT(refusal(tested.decoder_weight, "float16"), HasSubstr("numbers of the decoder leave"));
  EXPECT_THAT(refusal(tested.feature_weight, "float16"), HasSubstr("numbers of the image tower leave"));
  EXPECT_EQ(refusal(tested.decoder_weight, "bfloat16"), "");
}

TEST(Model, AFloat16CheckpointIsComputedInFloat32WithAWarning) {
  const ScratchCopy folder(model_folder_of("base"));
  folder.edit("config.json", [](nlohmann::json& config) { config["torch_dtype"] = "float16"; });
  static std::string warning;
  static const oc_log_1 log{sizeof(oc_log_1), 0, [](const oc_host*, uint32_t level, const char* sentence) noexcept {
                              EXPECT_EQ(level, static_cast<uint32_t>(OC_LOG_WARNING));
                              warning = sentence;
                            }};
  oc_host host{};
  host.struct_size = sizeof host;
  host.service = [](const oc_host*, const char*) noexcept -> const void* { return &log; };
  const auto model = open_tested_model(folder.path(), {.dtype = "auto"}, Host(&host));
  model->load();
  EXPECT_THAT(warning, HasSubstr("computed in float32"));
  warning.clear();
  open_tested_model(folder.path(), {.dtype = "float32"}, Host(&host))->load();  // who asks for it needs no warning
  EXPECT_EQ(warning, "");
}

TEST(Model, TextThatIsNotUtf8IsThatSamplesFault) {
  const auto model = open_tested_model(model_folder_of("base"));
  const oc_part part{OC_PART_TEXT, 0, "\xff"};
  const oc_turn turn{OC_ROLE_USER, 1, &part};
  oc_sample sample{};
  sample.struct_size = sizeof sample;
  sample.n_turns = 1;
  sample.turns = &turn;
  RecordingSink sink;
  EXPECT_THAT(sentence_of(OC_E_SAMPLE, [&] { model->prepare(sample, sink.sink()); }), HasSubstr("UTF-8"));
}

TEST(Model, AMissingWeightIsFoundAtLoad) {
  const ScratchCopy folder(model_folder_of("base"));
  folder.edit_weights([](auto& tensors) { tensors.pop_back(); });
  const auto model = open_tested_model(folder.path());
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { model->load(); }), HasSubstr("lacks the weight"));
}

TEST(Model, AFolderWithoutWeightsOpensButDoesNotLoad) {
  const ScratchCopy folder(model_folder_of("base"));
  folder.remove("model.safetensors");
  const auto model = open_tested_model(folder.path());
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { model->load(); }), HasSubstr("safetensors"));
}

}  // namespace

}  // namespace ocellus::test
