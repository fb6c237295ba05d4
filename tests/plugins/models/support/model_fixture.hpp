// The cases of tests/data/<family> as samples.
#pragma once

#include <ocellus/abi/model.h>
#include <ocellus/abi/sample.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "tests/support/npz.hpp"

namespace ocellus::test {

struct Picture {
  uint32_t width, height;
  std::vector<uint8_t> rgb;
};

// Pixels as stored: EXIF orientation is not applied, as by PIL.Image.open.
Picture read_picture(const std::filesystem::path& path);

// A conversation in Hugging Face's form, as an oc_sample. Image parts stand for the pictures in order.
class Conversation {
 public:
  Conversation(nlohmann::json messages, std::vector<Picture> pictures, std::string given_answer = {});
  Conversation(const Conversation&) = delete;

  const oc_sample& sample() const { return sample_; }

 private:
  nlohmann::json messages_;
  std::vector<Picture> pictures_;
  std::string given_answer_;  // empty: none
  std::vector<oc_image> images_;
  std::vector<std::vector<oc_part>> parts_;
  std::vector<oc_turn> turns_;
  oc_sample sample_{};
};

struct ModelFixture {
  ModelFixture(const std::string& family, const std::string& name);

  std::filesystem::path folder, model_folder;
  nlohmann::json info;                     // case.json
  std::map<std::string, NpyArray> arrays;  // expected.npz

  const NpyArray& expected(const std::string& name) const { return arrays.at(name); }
  bool has(const std::string& name) const { return arrays.contains(name); }
  std::unique_ptr<Conversation> conversation() const;
  // The difference allowed for a quantity: the gate, or twice the float32 noise recorded with the case.
  double tolerance(const std::string& quantity, double gate) const;
  double largest_value(const std::string& quantity) const;
};

struct OpenSettings {
  std::string dtype = "float32", device = "cpu";
  int64_t min_pixels = 0, max_pixels = 0;
  bool force_template = false;
  uint32_t threads = 1;
};

// For one thread; borrows from both.
oc_model_settings model_settings(const std::string& folder, const OpenSettings& asked);

double largest_difference(std::span<const float> a, std::span<const float> b);

}  // namespace ocellus::test
