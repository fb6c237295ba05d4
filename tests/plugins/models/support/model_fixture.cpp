#include "tests/plugins/models/support/model_fixture.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "host/media/decoder.hpp"

namespace ocellus::test {

Picture read_picture(const std::filesystem::path& path) {
  const media::Picture read = media::Decoder(OCELLUS_MEDIA_LIBRARY).decode(path);
  const auto width = static_cast<uint32_t>(read.width), height = static_cast<uint32_t>(read.height);
  return {width, height, {read.rgb.get(), read.rgb.get() + size_t{3} * width * height}};
}

Conversation::Conversation(nlohmann::json messages, std::vector<Picture> pictures, std::string given_answer)
    : messages_(std::move(messages)), pictures_(std::move(pictures)), given_answer_(std::move(given_answer)) {
  for (const Picture& picture : pictures_) images_.push_back({picture.width, picture.height, picture.rgb.data()});
  uint32_t next_image = 0;
  for (const auto& message : messages_) {
    std::vector<oc_part>& parts = parts_.emplace_back();
    const auto& content = message["content"];
    if (content.is_string()) {
      parts.push_back({OC_PART_TEXT, 0, content.get_ref<const std::string&>().c_str()});
    } else {
      for (const auto& part : content) {
        if (part["type"] == "image") {
          parts.push_back({OC_PART_IMAGE, next_image++, nullptr});
        } else {
          parts.push_back({OC_PART_TEXT, 0, part["text"].get_ref<const std::string&>().c_str()});
        }
      }
    }
  }
  for (size_t i = 0; i < parts_.size(); ++i) {
    const std::string role = messages_[i]["role"];
    const uint32_t code = role == "system" ? OC_ROLE_SYSTEM : role == "user" ? OC_ROLE_USER : OC_ROLE_ASSISTANT;
    turns_.push_back({code, static_cast<uint32_t>(parts_[i].size()), parts_[i].data()});
  }
  sample_.struct_size = sizeof sample_;
  sample_.n_turns = static_cast<uint32_t>(turns_.size());
  sample_.n_images = static_cast<uint32_t>(images_.size());
  sample_.turns = turns_.data();
  sample_.images = images_.data();
  if (!given_answer_.empty()) sample_.answer = given_answer_.c_str();
}

ModelFixture::ModelFixture(const std::string& family, const std::string& name)
    : folder(std::filesystem::path(OCELLUS_TEST_DATA) / family / name), arrays(read_npz(folder / "expected.npz")) {
  std::ifstream file(folder / "case.json");
  info = nlohmann::json::parse(file);
  model_folder = (folder / info.value("model", "model")).lexically_normal();
}

std::unique_ptr<Conversation> ModelFixture::conversation() const {
  std::vector<Picture> pictures;
  for (const std::string path : info["images"]) pictures.push_back(read_picture(folder / path));
  return std::make_unique<Conversation>(info["messages"], std::move(pictures), info.value("given_answer", ""));
}

double ModelFixture::tolerance(const std::string& quantity, double gate) const {
  return std::max(gate, 2 * info["float32_noise"][quantity]["max_abs_difference"].get<double>());
}

double ModelFixture::largest_value(const std::string& quantity) const {
  return info["float32_noise"][quantity]["max_abs_value"].get<double>();
}

oc_model_settings model_settings(const std::string& folder, const OpenSettings& asked) {
  oc_model_settings settings{};
  settings.struct_size = sizeof settings;
  settings.threads = asked.threads;
  settings.folder = folder.c_str();
  settings.device = asked.device.c_str();
  settings.dtype = asked.dtype.c_str();
  settings.min_pixels = asked.min_pixels;
  settings.max_pixels = asked.max_pixels;
  return settings;
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) throw std::runtime_error("arrays of different sizes are compared");
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(difference <= largest)) largest = difference;  // a NaN counts
  }
  return largest;
}

}  // namespace ocellus::test
