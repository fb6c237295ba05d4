// A sample: pictures and a conversation, before anything is decoded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace ocellus::run {

enum class Role { system, user, assistant };

struct Part {
  bool is_image = false;
  size_t image = 0;  // index into Sample::images
  std::string text;
};

struct Turn {
  Role role;
  std::vector<Part> parts;
};

// A known rectangle in pixels of the source image.
struct Box {
  std::string label;
  int32_t image = 0;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

struct Sample {
  std::string id;      // as the data set has it; empty without ids
  std::string folder;  // under OUT/samples, unique in the run
  uint64_t group = 0;  // in the request, from 0; those of one are about the same pictures and run after each other
  std::vector<std::filesystem::path> images;
  std::vector<Turn> turns;
  std::optional<std::string> answer;  // given: explained instead of a generated one
  std::vector<Box> boxes;
  std::optional<size_t> mapped_image;  // maps of this image alone are kept; none = of all
  bool is_blank = false;               // of its pictures the model sees the mean colour alone
  std::string fault;  // why it cannot be explained, if its source can tell already; "" = nothing is known against it
  nlohmann::ordered_json facts =
      nlohmann::ordered_json::object();  // category, ground truth, ...; never fed to the model

  // Text of the last user turn.
  std::string question() const;
};

}  // namespace ocellus::run
