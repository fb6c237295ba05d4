#include "host/run/sample_record.hpp"

#include <gtest/gtest.h>

#include "host/run/output_folder.hpp"
#include "host/store/json_text.hpp"
#include "host/store/npz.hpp"
#include "host/store/stored_values.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/small_layout.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;
using test::Refusal;
using test::refusal_of;

class AnswerText : public testing::Test {
 protected:
  void add(int64_t token, bool is_stop, bool strips_space, std::string_view bytes) {
    const auto index = static_cast<uint32_t>(answer_.tokens.size());
    answer_.add({sizeof(oc_step), index, token, is_stop, strips_space, -0.5}, bytes);
  }
  Answer answer_;
};

TEST_F(AnswerText, KeepsASpaceThatBeginsItUnlessTheModelSaysItIsNoText) {
  add(7, false, false, " a");
  add(8, false, false, " b");
  add(9, true, false, "");
  EXPECT_EQ(answer_.text, " a b");
  ASSERT_EQ(answer_.tokens.size(), 3u);
  EXPECT_FALSE(answer_.tokens[1].is_stop);
  EXPECT_TRUE(answer_.tokens[2].is_stop);
  EXPECT_EQ(answer_.tokens[2].id, 9);
}

TEST_F(AnswerText, LosesOneSpaceOfATokenThatTheModelNames) {
  add(7, false, true, "  a");
  add(8, false, false, " b");
  EXPECT_EQ(answer_.text, " a b");
}

TEST_F(AnswerText, LosesNothingButASpace) {
  add(7, false, true, "a");
  add(8, false, true, "");
  EXPECT_EQ(answer_.text, "a");
}

// A sample without pictures, whose prompt is that of small_layout.hpp, and its results.
class SampleRecord : public testing::Test {
 protected:
  SampleRecord() {
    sample_.id = "an id/with a slash";
    sample_.folder = "an-id-0";
    sample_.turns = {{Role::system, {{false, 0, "be brief"}}}, {Role::user, {{false, 0, "what is it?"}}}};
    sample_.boxes = {{"dog", 1, 1.5, 2, 3, 4}};
    sample_.facts["category"] = "animals";
    context_.layouts.add(test::SmallLayout().view());
    context_.token_bytes = [](int64_t id) { return id == 103 ? std::string_view("wh") : std::string_view("\xe6"); };
    context_.layouts.append_answer_token(500, false, 2);
    result_.prompt = "<prompt>";
    result_.has_answer = true;
    result_.answer = {{{500, false, -0.25}, {501, true, -0.5}}, "a dog"};
    store::ArtifactData map;
    map.type = "heatmap/1";
    map.label = "raw";
    map.image = 1;
    map.tensors = {{"values", store::array_of<float>({0.1f, 0.2f}, {1, 2})},
                   {"cells", store::array_of<float>(std::vector<float>(8, 0.5f), {1, 2, 4})}};
    map.texts = {{"layers", "3"}, {"query", "last"}};
    map.numbers = {{"mass.bos", 0.1}, {"layer", 3}};
    store::ArtifactData named;
    named.type = "tensors/1";
    named.label = "raw";
    named.name = "extra";
    named.tensors = {{"x", store::array_of<float>({1}, {})}};
    result_.artifacts = {map, named};
    result_.artifact_files = {"raw.npz", "raw.extra.npz"};
    result_.pictures = {"raw.overlay.png"};
  }

  ordered_json record() { return record_of(sample_, context_, result_); }
  // The folder as the run loop leaves it.
  void store(const ordered_json& record) const {
    for (size_t i = 0; i < result_.artifacts.size(); ++i) {
      store::write_npz(folder_ / result_.artifact_files[i], result_.artifacts[i].tensors);
    }
    store::write_file(folder_ / "sample.json", store::json_text(record));
  }

  test::TemporaryFolder folder_;
  media::Decoder decoder_{"not needed"};
  Sample sample_;
  services::SampleContext context_{decoder_, {}};
  SampleResult result_;
};

TEST_F(SampleRecord, SaysWhatWasAskedAndAnswered) {
  const ordered_json record = this->record();
  EXPECT_EQ(record["status"], "ok");
  EXPECT_EQ(record["id"], "an id/with a slash");
  EXPECT_EQ(record["question"], "what is it?");
  EXPECT_EQ(
      record["messages"].dump(),
      R"([{"role":"system","content":[{"type":"text","text":"be brief"}]},{"role":"user","content":[{"type":"text","text":"what is it?"}]}])");
  EXPECT_EQ(record["facts"].dump(), R"({"category":"animals"})");
  EXPECT_EQ(record["boxes"].dump(), R"([{"label":"dog","image":1,"box":[1.5,2.0,3.0,4.0]}])");
  EXPECT_EQ(record["prompt"], "<prompt>");
  EXPECT_EQ(record["answer"], "a dog");
  EXPECT_EQ(record["generated_ids"].dump(), "[500,501]") << "the stop token is among them";
  EXPECT_EQ(record["log_probabilities"].dump(), "[-0.25,-0.5]");
  EXPECT_EQ(record["pictures"].dump(), R"(["raw.overlay.png"])");
}

TEST_F(SampleRecord, WithoutAnAnswerThereIsNone) {
  result_.has_answer = false;
  EXPECT_FALSE(record().contains("answer"));
  EXPECT_FALSE(record().contains("generated_ids"));
}

TEST_F(SampleRecord, EveryTokenHasItsSegment) {
  const ordered_json tokens = record()["tokens"];
  ASSERT_EQ(tokens.size(), 16u);
  EXPECT_EQ(tokens[0][0], 100);
  EXPECT_EQ(tokens[0][2], "system");
  EXPECT_EQ(tokens[2][2], "image0");
  EXPECT_EQ(tokens[10][2], "image1");
  EXPECT_EQ(tokens[11][1], "wh");
  EXPECT_EQ(tokens[11][2], "question");
  EXPECT_EQ(tokens[14][2], "special");
  EXPECT_EQ(tokens[15][0], 500);
  EXPECT_EQ(tokens[15][2], "answer");
}

TEST_F(SampleRecord, LayoutsAreRecorded) {
  const test::SmallLayout layout;
  EXPECT_EQ(
      layout_record(layout.view()).dump(),
      R"({"stack":"language","layers":[0,4],"n_tokens":15,"segments":[)"
      R"({"kind":"system","begin":0,"end":2,"turn":0},{"kind":"image","begin":2,"end":8,"turn":1,"image":0},)"
      R"({"kind":"special","begin":8,"end":9,"turn":1},{"kind":"image","begin":9,"end":11,"turn":1,"image":1},)"
      R"({"kind":"question","begin":11,"end":14,"turn":1},{"kind":"special","begin":14,"end":15,"turn":1}],"grids":[)"
      R"({"image":0,"rows":2,"cols":3,"source":[300,200],"model":[84,56]},)"
      R"({"image":1,"rows":1,"cols":2,"source":[56,28],"model":[56,28]}]})");
}

TEST(SegmentName, AllKinds) {
  const std::vector<std::string> names{"bos",          "system", "user_text", "question", "image", "assistant_text",
                                       "given_answer", "answer", "special"};
  for (uint32_t kind = OC_SEGMENT_BOS; kind <= OC_SEGMENT_SPECIAL; ++kind)
    EXPECT_EQ(segment_name(kind), names[kind - 1]);
}

TEST_F(SampleRecord, WhatIsWrittenIsReadBack) {
  store(record());
  const StoredSample stored = read_stored(folder_.path());
  EXPECT_EQ(stored.record["answer"], "a dog");
  ASSERT_EQ(stored.artifacts.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const store::ArtifactData &made = result_.artifacts[i], &read = stored.artifacts[i];
    EXPECT_EQ(read.type, made.type);
    EXPECT_EQ(read.label, made.label);
    EXPECT_EQ(read.name, made.name);
    EXPECT_EQ(read.image, made.image);
    EXPECT_EQ(read.texts, made.texts);
    EXPECT_EQ(read.numbers, made.numbers);
    ASSERT_EQ(read.tensors.size(), made.tensors.size());
    for (size_t t = 0; t < made.tensors.size(); ++t) {
      EXPECT_EQ(read.tensors[t].first, made.tensors[t].first);
      EXPECT_EQ(read.tensors[t].second.shape, made.tensors[t].second.shape);
      EXPECT_EQ(read.tensors[t].second.bytes, made.tensors[t].second.bytes);
    }
  }
}

TEST_F(SampleRecord, HalfACodePointIsWrittenAsTheReplacementCharacter) {
  store(record());
  EXPECT_EQ(read_stored(folder_.path()).record["tokens"][0][1], "\xef\xbf\xbd");
}

TEST_F(SampleRecord, FilesOutsideTheFolderAreRefused) {
  for (const char* name : {"../raw.npz", "/etc/passwd", "sub/raw.npz", "..", ".hidden"}) {
    ordered_json record = this->record();
    record["artifacts"][0]["file"] = name;
    store(record);
    EXPECT_EQ(refusal_of([&] { read_stored(folder_.path()); }),
              (Refusal{OC_E_MODEL, (folder_ / "sample.json").string() + " names a file outside its folder: " + name}));
  }
}

TEST_F(SampleRecord, WhatIsNoRecordIsRefused) {
  EXPECT_EQ(refusal_of([&] { read_stored(folder_.path()); }).status, OC_E_MODEL) << "there is none";
  for (const char* text : {"", "[]", "{", R"({"artifacts":7})", R"({"artifacts":[{}]})", R"({"artifacts":["x"]})",
                           R"({"artifacts":[{"label":1,"type":"tensors/1","file":"x.npz"}]})"}) {
    test::write_file(folder_ / "sample.json", text);
    EXPECT_EQ(refusal_of([&] { read_stored(folder_.path()); }).status, OC_E_MODEL) << text;
  }
}

TEST_F(SampleRecord, StoredArtifactsAreCheckedAgain) {
  store(record());
  store::write_npz(folder_ / "raw.npz", std::vector<store::NamedArray>{{"other", store::array_of<float>({1}, {1})}});
  EXPECT_TRUE(refusal_of([&] { read_stored(folder_.path()); }).says("values is missing"));
  test::write_file(folder_ / "raw.npz", "no archive");
  EXPECT_EQ(refusal_of([&] { read_stored(folder_.path()); }).status, OC_E_SAMPLE);
}

TEST_F(SampleRecord, AFailureSaysWhy) {
  const ordered_json record = failure_record(sample_, "the picture is gone");
  EXPECT_EQ(record["status"], "failed");
  EXPECT_EQ(record["id"], "an id/with a slash");
  EXPECT_EQ(record["error"], "the picture is gone");
  EXPECT_FALSE(record.contains("artifacts"));
}

}  // namespace
}  // namespace ocellus::run
