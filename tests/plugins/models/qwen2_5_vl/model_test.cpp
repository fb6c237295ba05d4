#include "plugins/models/qwen2_5_vl/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/scratch_folder.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"

namespace ocellus::test {

namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

const std::filesystem::path& base() {
  static const std::filesystem::path folder = fixture_root() / "base" / "model";
  return folder;
}

nlohmann::json one_image_message() {
  return nlohmann::json::parse(R"([{"role":"user","content":[{"type":"image"},{"type":"text","text":"?"}]}])");
}

Picture blank(uint32_t width, uint32_t height) {
  return {width, height, std::vector<uint8_t>(size_t{3} * width * height)};
}

TEST(Model, TellsItsStacks) {
  const auto model = open_model(base());
  const auto stacks = model->stacks();
  ASSERT_EQ(stacks.size(), 3u);
  EXPECT_STREQ(stacks[0].id, "language");
  EXPECT_EQ(stacks[0].n_layers, 3u);
  EXPECT_EQ(stacks[0].n_heads, 6u);
  EXPECT_EQ(stacks[0].n_kv_heads, 2u);
  EXPECT_EQ(stacks[0].width, 48u);
  EXPECT_STREQ(stacks[1].id, "vision");
  EXPECT_EQ(stacks[1].n_layers, 4u);
  EXPECT_EQ(stacks[1].n_heads, 4u);
  EXPECT_THAT(std::vector(stacks[1].attention_layers, stacks[1].attention_layers + stacks[1].n_attention_layers),
              ElementsAre(1, 3));
  EXPECT_STREQ(stacks[2].id, "projector");
  EXPECT_EQ(stacks[2].n_layers, 0u);
  EXPECT_EQ(stacks[2].width, 48u);
}

TEST(Model, DescribesItself) {
  std::map<std::string, std::string> facts;
  open_model(fixture_root() / "penalty" / "model")->describe([&](const std::string& key, const std::string& value) {
    facts[key] = value;
  });
  EXPECT_EQ(facts.at("dtype"), "float32");
  EXPECT_THAT(facts.at("attention kernel"), MatchesRegex("blocked, 128 rows, softmax (portable|avx2|avx512)"));
  EXPECT_THAT(facts.at("products"), AnyOf("libtorch", "oneDNN, packed weights"));
  EXPECT_EQ(facts.at("decoding"), "greedy, repetition penalty 1.3, stops at 522, 520");
  EXPECT_THAT(facts.at("chat template"), HasSubstr("chat_template.jinja"));
  EXPECT_GT(std::stoll(facts.at("parameters")), 10000);
}

TEST(Model, CountsAPackedTiedHeadBesideTheEmbedding) {
  const FixtureCase fixture("tied");
  const auto model = open_model(fixture.model_folder);
  std::map<std::string, std::string> facts;
  model->describe([&](const std::string& key, const std::string& value) { facts[key] = value; });
  const auto conversation = fixture.conversation();
  RecordingSink sink;
  const auto prepared = model->prepare(conversation->sample(), sink.sink());
  const int64_t head = facts.at("products") == "libtorch" ? 0 : std::stoll(facts.at("vocabulary")) * 48;
  EXPECT_EQ(model->estimate(*prepared, Plan(0).get()).weight_bytes, 4 * (std::stoll(facts.at("parameters")) + head));
}

TEST(Model, ListsTheFilesThatDecideTheNumbers) {
  std::vector<std::string> names;
  const auto model = open_model(fixture_root() / "sharded" / "model");
  for (const std::string& file : model->files()) {
    EXPECT_TRUE(std::filesystem::path(file).is_absolute());
    names.push_back(std::filesystem::path(file).filename().string());
  }
  EXPECT_THAT(names, ElementsAre("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
                                 "tokenizer_config.json", "chat_template.jinja", "model.safetensors.index.json",
                                 "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                                 "model-00003-of-00003.safetensors"));
}

TEST(Model, EncodesRawTextAndGivesBytesBack) {
  const auto model = open_model(base());
  const std::string text = "a shape<|im_end|>";
  std::string joined;
  size_t end_of_last = 0;
  model->encode(text, [&](int64_t id, size_t begin, size_t end) {
    joined += model->token_bytes(id);
    EXPECT_EQ(begin, end_of_last);
    end_of_last = end;
  });
  EXPECT_EQ(joined, text);
  const std::string_view first = model->token_bytes(522);
  EXPECT_EQ(model->token_bytes(522).data(), first.data());  // they live as long as the model
  EXPECT_EQ(model->token_bytes(559), "");                   // a row of the embedding without a token
}

TEST(Model, RunsBfloat16AsStored) {
  const FixtureCase fixture("bf16");
  const auto model = open_model(fixture.model_folder, {.dtype = "auto"});
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
            open_model(fixture.model_folder)->estimate(*prepared, plan.get()).weight_bytes);
}

TEST(Model, PixelLimitsOfTheCommandLineWin) {  // mistake 2
  const auto tokens_of = [](const OpenSettings& settings) {
    const Conversation conversation(one_image_message(), {blank(200, 100)});
    RecordingSink sink;
    const auto prepared = open_model(base(), settings)->prepare(conversation.sample(), sink.sink());
    return sink.layouts.at("projector").tokens;
  };
  EXPECT_EQ(tokens_of({}), 7 * 4);
  EXPECT_LE(tokens_of({.max_pixels = 28 * 28 * 10}), 10);
  EXPECT_GE(tokens_of({.min_pixels = 28 * 28 * 30}), 30);
}

TEST(Model, ContradictoryPixelLimitsAreRefused) {
  EXPECT_THAT(sentence_of(OC_E_OPTION, [] { open_model(base(), {.min_pixels = 100000}); }),
              HasSubstr("at least 100000"));
}

TEST(Model, ADeviceThatIsNotThereIsRefused) {
  for (const char* device : {"cuda:99", "gpu", "cuda:", "cuda:-1", "cuda:1x", "CPU", ""}) {
    EXPECT_THAT(sentence_of(OC_E_UNSUPPORTED, [&] { open_model(base(), {.device = device}); }), HasSubstr(device));
  }
}

// Rows of the last prompt token in one type: attention of every layer, the last hidden state and the logits.
struct LastRow {
  std::vector<float> attention, hidden, logits;

  explicit LastRow(const std::string& dtype) {
    const FixtureCase fixture("two_images");
    const auto model = open_model(fixture.model_folder, {.dtype = dtype});
    const auto conversation = fixture.conversation();
    RecordingSink sink;
    const auto prepared = model->prepare(conversation->sample(), sink.sink());
    const int64_t last = sink.layouts.at("language").tokens - 1, patch = sink.layouts.at("vision").tokens - 1;
    Plan plan(0);
    const uint32_t rows = plan.add(
        {.kind = OC_PROBE_ATTENTION, .stack = "language", .layers = up_to(3), .heads = up_to(6), .rows = {last}});
    const uint32_t patches =
        plan.add({.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {3}, .heads = {0}, .rows = {patch}});
    const uint32_t states = plan.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = {3}, .rows = {last}});
    const uint32_t scores = plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {last}});
    model->load();
    model->execute(*prepared, plan.get(), sink.sink());
    for (int64_t layer = 0; layer < 3; ++layer) {
      const auto& values = sink.row(rows, layer, last).values;
      attention.insert(attention.end(), values.begin(), values.end());
    }
    hidden = sink.row(states, 3, last).values;
    logits = sink.row(scores, -1, last).values;
    // Promise 6: rows are float32 in every type.
    EXPECT_NEAR(std::accumulate(attention.begin(), attention.end(), 0.0), 3 * 6, 1e-5);
    const auto& tower = sink.row(patches, 3, patch).values;
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
    const ScratchFolder folder("base");
    std::vector<float> large;
    folder.edit_weights([&](auto& tensors) {
      for (models::TensorView& tensor : tensors) {
        if (tensor.name != weight) continue;
        large.assign(tensor.bytes.size() / sizeof(float), 60000.0f);
        tensor.bytes = std::as_bytes(std::span(large));
      }
    });
    const auto model = open_model(folder.path(), {.dtype = dtype});
    const FixtureCase fixture("base");
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
  EXPECT_THAT(refusal("model.layers.1.mlp.down_proj.weight", "float16"), HasSubstr("numbers of the decoder leave"));
  EXPECT_THAT(refusal("visual.merger.mlp.2.weight", "float16"), HasSubstr("numbers of the image tower leave"));
  EXPECT_EQ(refusal("model.layers.1.mlp.down_proj.weight", "bfloat16"), "");
}

TEST(Model, AFloat16CheckpointIsComputedInFloat32WithAWarning) {
  const ScratchFolder folder("base");
  folder.edit("config.json", [](nlohmann::json& config) { config["torch_dtype"] = "float16"; });
  static std::string warning;
  static const oc_log_1 log{sizeof(oc_log_1), 0, [](const oc_host*, uint32_t level, const char* sentence) noexcept {
                              EXPECT_EQ(level, static_cast<uint32_t>(OC_LOG_WARNING));
                              warning = sentence;
                            }};
  oc_host host{};
  host.struct_size = sizeof host;
  host.service = [](const oc_host*, const char*) noexcept -> const void* { return &log; };
  const auto model = open_model(folder.path(), {.dtype = "auto"}, Host(&host));
  model->load();
  EXPECT_THAT(warning, HasSubstr("computed in float32"));
  warning.clear();
  open_model(folder.path(), {.dtype = "float32"}, Host(&host))->load();  // who asks for it needs no warning
  EXPECT_EQ(warning, "");
}

TEST(Model, AnImageOfExtremeShapeIsThatSamplesFault) {
  const auto model = open_model(base());
  const Conversation conversation(one_image_message(), {blank(1206, 6)});
  RecordingSink sink;
  EXPECT_THAT(sentence_of(OC_E_SAMPLE, [&] { model->prepare(conversation.sample(), sink.sink()); }), HasSubstr("200"));
}

TEST(Model, TextThatIsNotUtf8IsThatSamplesFault) {
  const auto model = open_model(base());
  const oc_part part{OC_PART_TEXT, 0, "\xff"};
  const oc_turn turn{OC_ROLE_USER, 1, &part};
  oc_sample sample{};
  sample.struct_size = sizeof sample;
  sample.n_turns = 1;
  sample.turns = &turn;
  RecordingSink sink;
  EXPECT_THAT(sentence_of(OC_E_SAMPLE, [&] { model->prepare(sample, sink.sink()); }), HasSubstr("UTF-8"));
}

TEST(Model, ProcessorAndNetworkMustAgreeAboutPatches) {
  const ScratchFolder folder("base");
  folder.edit("preprocessor_config.json", [](nlohmann::json& config) { config["patch_size"] = 16; });
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { open_model(folder.path()); }), HasSubstr("16, 2 and 2"));
}

TEST(Model, AnUnknownTemplateCanBeForced) {
  const auto folder = fixture_root() / "unknown_template" / "model";
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { open_model(folder); }), HasSubstr("chat template"));
  EXPECT_EQ(open_model(folder, {.force_template = true})->stacks().size(), 3u);
}

TEST(Model, AMissingWeightIsFoundAtLoad) {
  const ScratchFolder folder("base");
  folder.edit_weights([](auto& tensors) { tensors.pop_back(); });
  const auto model = open_model(folder.path());
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { model->load(); }), HasSubstr("lacks the weight"));
}

TEST(Model, AFolderWithoutWeightsOpensButDoesNotLoad) {
  const ScratchFolder folder("base");
  folder.remove("model.safetensors");
  const auto model = open_model(folder.path());
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { model->load(); }), HasSubstr("safetensors"));
}

}  // namespace

}  // namespace ocellus::test
