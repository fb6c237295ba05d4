#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <memory>
#include <ocellus/sdk/run.hpp>

#include "host/services/artifact_handle.hpp"
#include "tests/host/services/working_plugin.hpp"

namespace ocellus::services {
namespace {

using test::Refusal;

class ArtifactService : public testing::Test {
 protected:
  // What the plugin's author sees: the SDK over the real service.
  ArtifactWriter open(const char* type, int32_t image = -1, const char* name = "") {
    return {artifact_service, &work_.run, type, name, image};
  }
  // What the user is told when `write` fails inside a plugin.
  template <class Write>
  Refusal refused(Write&& write) {
    oc_status status = OC_OK;
    try {
      write();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "") << "the host has the sentence";
      status = error.status();
    }
    return work_.refusal(status);
  }
  const store::Array* tensor(size_t artifact, const std::string& key) const {
    for (const auto& [name, array] : work_.artifacts.at(artifact).tensors) {
      if (name == key) return &array;
    }
    return nullptr;
  }
  template <class T>
  static std::vector<T> values(const store::Array& array) {
    std::vector<T> made(array.bytes.size() / sizeof(T));
    std::memcpy(made.data(), array.bytes.data(), array.bytes.size());
    return made;
  }

  WorkingPlugin work_;
};

TEST_F(ArtifactService, KeepsWhatWasPut) {
  open("tensors/1", -1, "extra")
      .tensor("floats", std::vector<float>{1.5f, 2.5f}, {1, 2})
      .tensor("ids", std::vector<int64_t>{7, 8, 9}, {3})
      .tensor("bytes", std::vector<uint8_t>{255}, {1})
      .text("note", "größer")
      .number("layer", 3)
      .commit();
  ASSERT_EQ(work_.artifacts.size(), 1u);
  const store::ArtifactData& made = work_.artifacts[0];
  EXPECT_EQ(made.type, "tensors/1");
  EXPECT_EQ(made.label, "label");
  EXPECT_EQ(made.name, "extra");
  EXPECT_EQ(made.image, -1);
  ASSERT_EQ(made.tensors.size(), 3u);
  EXPECT_EQ(tensor(0, "floats")->shape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(values<float>(*tensor(0, "floats")), (std::vector<float>{1.5f, 2.5f}));
  EXPECT_EQ(values<int64_t>(*tensor(0, "ids")), (std::vector<int64_t>{7, 8, 9}));
  EXPECT_EQ(tensor(0, "bytes")->type, store::Array::Type::u8);
  EXPECT_EQ(made.texts, (std::vector<std::pair<std::string, std::string>>{{"note", "größer"}}));
  EXPECT_EQ(made.numbers, (std::vector<std::pair<std::string, double>>{{"layer", 3.0}}));
}

TEST_F(ArtifactService, AddsTheCellsOfAMap) {
  open("heatmap/1", 0).tensor("values", std::vector<float>(6, 0.5f), {2, 3}).commit();
  const store::Array* cells = tensor(0, "cells");
  ASSERT_NE(cells, nullptr);
  EXPECT_EQ(cells->shape, (std::vector<int64_t>{2, 3, 4}));
  const std::vector<float> corners = values<float>(*cells);
  const test::SmallLayout layout;
  for (size_t i = 0; i < 6; ++i) {
    const oc_cell& cell = layout.cells[i];
    EXPECT_EQ(std::vector<float>(&corners[4 * i], &corners[4 * i] + 4),
              (std::vector<float>{cell.x0, cell.y0, cell.x1, cell.y1}))
        << i;
  }
}

TEST_F(ArtifactService, AddsTheCellsOfAStack) {
  open("heatmap-stack/1", 1)
      .tensor("values", std::vector<float>(4, 0.5f), {2, 1, 2})
      .tensor("index", std::vector<int64_t>{0, 1}, {2})
      .text("axis", "layer")
      .commit();
  ASSERT_NE(tensor(0, "cells"), nullptr);
  EXPECT_EQ(tensor(0, "cells")->shape, (std::vector<int64_t>{1, 2, 4}));
}

TEST_F(ArtifactService, AMapOnAnotherGridIsRefused) {
  const Refusal expected{OC_E_INTERNAL,
                         "method m: its map of image 0 is 3x2, which is no grid of that image in the layout"};
  EXPECT_EQ(refused([&] { open("heatmap/1", 0).tensor("values", std::vector<float>(6), {3, 2}).commit(); }), expected);
  EXPECT_TRUE(refused([&] {
                open("heatmap/1", 1).tensor("values", std::vector<float>(6), {2, 3}).commit();
              }).says("image 1 is 2x3"));
  EXPECT_TRUE(refused([&] {
                open("heatmap/1", 7).tensor("values", std::vector<float>(6), {2, 3}).commit();
              }).says("image 7"));
  EXPECT_TRUE(work_.artifacts.empty());
}

TEST_F(ArtifactService, TwoOfOneNameAreRefused) {
  const auto make = [&](int32_t image, const char* name) {
    open("tensors/1", image, name).tensor("x", std::vector<float>{1}, {1}).commit();
  };
  make(-1, "a");
  make(-1, "b");
  make(0, "a");
  EXPECT_EQ(refused([&] { make(-1, "a"); }),
            (Refusal{OC_E_INTERNAL, "method m: it made two artifacts called 'a' of image -1"}));
  work_.run.label = "other";
  make(-1, "a");
  EXPECT_EQ(work_.artifacts.size(), 4u);
}

TEST_F(ArtifactService, ArtifactsAreMadeInFinishAlone) {
  work_.run.artifacts = nullptr;
  EXPECT_EQ(refused([&] { open("tensors/1"); }),
            (Refusal{OC_E_INTERNAL, "method m: it made an artifact outside finish"}));
}

TEST_F(ArtifactService, TheSchemaIsCheckedAtCommit) {
  EXPECT_TRUE(refused([&] { open("heatmap/1").commit(); }).says("values is missing"));
  EXPECT_TRUE(refused([&] { open("unheard-of/1").commit(); }).says("this type is unknown"));
  EXPECT_TRUE(refused([&] {
                open("heatmap/1", 1)
                    .tensor("values", std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()}, {1, 2})
                    .commit();
              }).says("values is not finite at element 1"));
  EXPECT_TRUE(refused([&] {
                open("heatmap/1", 1)
                    .tensor("values", std::vector<float>{1, 2}, {1, 2})
                    .tensor("cells", std::vector<float>(8), {1, 2, 4})
                    .commit();
              }).says("cells is there twice"));
  EXPECT_TRUE(work_.artifacts.empty());
}

TEST_F(ArtifactService, TensorsOfOtherTypesAreRefusedAndFreed) {
  auto alive = std::make_shared<int>(0);
  const std::weak_ptr<int> watch = alive;
  TensorPointer tensor = tensor_over<float>(nullptr, {0}, std::move(alive));
  tensor->dl.dtype.bits = 16;
  ArtifactWriter artifact = open("tensors/1");
  EXPECT_EQ(refused([&] { artifact.tensor("half", std::move(tensor)); }).status, OC_E_INTERNAL);
  EXPECT_TRUE(watch.expired()) << "`take` changes owner also when the call fails";
  EXPECT_EQ(refused([&] { artifact.tensor("none", nullptr); }).sentence, "method m: it put a tensor that is NULL");
}

TEST_F(ArtifactService, TensorsWithGapsAreRefused) {
  TensorPointer transposed = make_tensor(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  transposed->dl.strides[0] = 1;
  transposed->dl.strides[1] = 3;
  EXPECT_EQ(refused([&] { open("tensors/1").tensor("x", std::move(transposed)); }).sentence,
            "method m: it put a tensor with gaps: only contiguous ones are taken");
}

TEST_F(ArtifactService, WhatIsNotCommittedIsThrownAwayWithTheRun) {
  open("tensors/1").tensor("x", std::vector<float>{1}, {1});
  open("tensors/1").tensor("y", std::vector<float>{1}, {1}).commit();
  ASSERT_EQ(work_.artifacts.size(), 1u);
  EXPECT_EQ(work_.artifacts[0].tensors[0].first, "y");
  EXPECT_EQ(work_.run.drafts.size(), 1u) << "held by the run, and by nobody else";
}

TEST_F(ArtifactService, StoredOnesAreRead) {
  open("heatmap/1", 1, "n")
      .tensor("values", std::vector<float>{1, 2}, {1, 2})
      .text("note", "x")
      .number("layer", 3)
      .commit();
  const oc_artifact stored(work_.artifacts[0], {"out", "tiny", "a-0"});
  const ArtifactView view(artifact_service, &stored);
  EXPECT_EQ(view.type(), "heatmap/1");
  EXPECT_EQ(view.label(), "label");
  EXPECT_EQ(view.image(), 1);
  EXPECT_STREQ(images_service.name(&stored), "n");
  EXPECT_EQ(view.tensor<float>("values")(0, 1), 2.0f);
  EXPECT_TRUE(view.has("cells"));
  EXPECT_FALSE(view.has("note")) << "a text, not a tensor";
  EXPECT_EQ(view.text("note"), "x");
  EXPECT_EQ(view.text("absent", "else"), "else");
  EXPECT_EQ(view.number("layer"), 3.0);
  EXPECT_EQ(view.number("absent", -1), -1.0);
  std::vector<std::string> keys;
  for (size_t i = 0; const char* key = artifact_service.key(&stored, i); ++i) keys.emplace_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"values", "cells", "note", "layer"}));
}

TEST_F(ArtifactService, TellsWhereAnArtifactComesFrom) {
  const oc_artifact of_a_sample(store::ArtifactData{}, {"out", "tiny", "a-0"}),
      of_a_run(store::ArtifactData{}, {"out", "", ""});
  EXPECT_STREQ(collection_service.source(&of_a_sample, "run"), "out");
  EXPECT_STREQ(collection_service.source(&of_a_sample, "model"), "tiny");
  EXPECT_STREQ(collection_service.source(&of_a_sample, "sample"), "a-0");
  EXPECT_EQ(collection_service.source(&of_a_run, "sample"), nullptr);
  EXPECT_EQ(collection_service.source(&of_a_run, "colour"), nullptr);
  EXPECT_EQ(collection_service.is_collection(&work_.run), 0);
  work_.run.collection = true;
  EXPECT_EQ(collection_service.is_collection(&work_.run), 1);
}

TEST_F(ArtifactService, OnlyRenderersWriteFiles) {
  const oc_artifact stored(store::ArtifactData{}, {});
  const char* path = nullptr;
  for (const auto open : {output_service.open, images_service.open}) {
    const oc_status status = open(&work_.run, &stored, -1, "", "png", &path);
    EXPECT_EQ(work_.refusal(status), (Refusal{OC_E_INTERNAL, "method m: only renderers write files"}));
  }
}

}  // namespace
}  // namespace ocellus::services
