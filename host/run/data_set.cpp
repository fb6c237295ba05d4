#include "host/run/data_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "host/run/conversation.hpp"
#include "host/run/data_set_format.hpp"
#include "host/run/image_marks.hpp"
#include "host/run/json_entries.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(OC_E_MODEL, why);
}

std::vector<std::string> strings(const ordered_json& value, const char* key) {
  if (value.is_string()) return {value.get<std::string>()};
  std::vector<std::string> list;
  if (!value.is_array()) refuse(fmt::format("the field {} must be a string or a list of strings", key));
  for (const ordered_json& item : value) {
    if (!item.is_string()) refuse(fmt::format("the field {} must be a string or a list of strings", key));
    list.push_back(item.get<std::string>());
  }
  return list;
}

Box box_of(const ordered_json& corners, const std::string& label) {
  if (!corners.is_array() || corners.size() != 4) refuse("a box must be [x0, y0, x1, y1] in pixels");
  std::array<double, 4> at{};
  for (size_t i = 0; i < 4; ++i) {
    if (!corners[i].is_number()) refuse("a box must be [x0, y0, x1, y1] in pixels");
    at[i] = corners[i].get<double>();
  }
  return {label, 0, at[0], at[1], at[2], at[3]};
}

std::vector<Box> boxes_of(const ordered_json& entry, size_t n_images) {
  std::vector<Box> boxes;
  if (has_field(entry, "box")) boxes.push_back(box_of(entry["box"], ""));
  if (!has_field(entry, "boxes")) return boxes;
  if (!entry["boxes"].is_array()) refuse("the field boxes must be a list");
  for (const ordered_json& item : entry["boxes"]) {
    if (!item.is_object() || !item.contains("box"))
      refuse(R"(an item of boxes must be {"label":"...","box":[x0,y0,x1,y1]})");
    if (item.contains("label") && !item["label"].is_string()) refuse("the label of a box must be a string");
    boxes.push_back(box_of(item["box"], item.value("label", "")));
    if (!item.contains("image")) continue;
    const ordered_json& image = item["image"];
    if (!image.is_number_unsigned() || image.get<uint64_t>() >= n_images) {
      refuse("the image of a box must be the number of one of the entry's images, from 0");
    }
    boxes.back().image = image.get<int32_t>();
  }
  return boxes;
}

// The one of `keys` that the entry has; NULL = none. Two would be two meanings.
const char* only_one(const ordered_json& entry, std::initializer_list<const char*> keys, const char* what) {
  const char* found = nullptr;
  for (const char* key : keys) {
    if (!has_field(entry, key)) continue;
    if (found != nullptr) refuse(fmt::format("both {} and {} say what {}: leave one out", found, key, what));
    found = key;
  }
  return found;
}

std::string text_of(const ordered_json& entry, const char* key) {
  if (!entry[key].is_string()) refuse(fmt::format("the field {} must be a string", key));
  return entry[key].get<std::string>();
}

std::string id_of(const ordered_json& entry) {
  for (const char* key : {"id", "question_id"}) {
    if (!has_field(entry, key)) continue;
    const ordered_json& id = entry[key];
    if (!id.is_string() && !id.is_number_integer())
      refuse(fmt::format("the field {} must be a string or a whole number", key));
    return id.is_string() ? id.get<std::string>() : id.dump();
  }
  return "";
}

void read_question(Sample& sample, const ordered_json& entry, const std::filesystem::path& folder,
                   const DataSetOptions& options) {
  const char* question =
      only_one(entry, {"messages", "conversations", "prompt", "problem", "question", "text"}, "is asked");
  const char* pictures = only_one(entry, {"image", "images", "image_file"}, "the pictures are");
  const std::string_view form = question == nullptr ? "" : question;
  if (form == "messages") append_messages(sample, entry["messages"], folder);
  if (!sample.images.empty() && pictures != nullptr)
    refuse(fmt::format("both messages and {} say what the pictures are: leave one out", pictures));
  if (pictures != nullptr) {
    for (const std::string& image : strings(entry[pictures], pictures)) sample.images.push_back(folder / image);
  }
  if (form == "conversations") {
    if (const auto answer = append_llava_conversations(sample, entry["conversations"])) {
      if (has_field(entry, "answer"))
        refuse("both answer and a last message of gpt say what the answer is: leave one out");
      sample.facts["answer"] = *answer;
    }
  } else if (form != "messages") {
    if (question == nullptr && options.prompt.empty())
      refuse("there is no prompt (prompt, problem, question or text) and no --prompt was given");
    sample.turns.push_back({Role::user, {{false, 0, question == nullptr ? options.prompt : text_of(entry, question)}}});
  }
  // Hugging Face's messages say themselves where their pictures stand; without pictures a mark in them is a text.
  if (form != "messages" || pictures != nullptr) place_pictures(sample);
}

void read_facts(Sample& sample, const ordered_json& entry) {
  if (has_field(entry, "category") && !entry["category"].is_string() && !entry["category"].is_number())
    refuse("the field category must be a string or a number");
  for (const char* key : {"answer", "solution", "category", "question_id", "image_file", "caption"}) {
    if (has_field(entry, key)) sample.facts[key] = entry[key];
  }
}

Sample sample_of(const ordered_json& entry, const std::filesystem::path& folder, const DataSetOptions& options) {
  Sample sample;
  sample.id = id_of(entry);
  read_question(sample, entry, folder, options);
  if (!options.system.empty()) {
    if (sample.turns.front().role == Role::system)
      refuse("these messages have a system message of their own, so --system cannot be given");
    sample.turns.insert(sample.turns.begin(), {Role::system, {{false, 0, options.system}}});
  }
  if (has_field(entry, "given_answer")) sample.answer = text_of(entry, "given_answer");
  sample.boxes = boxes_of(entry, sample.images.size());
  read_facts(sample, entry);
  return sample;
}

// Turns entries into samples; the first tells the form of all.
class Reader {
 public:
  Reader(std::filesystem::path folder, const DataSetOptions& options) : folder_(std::move(folder)), options_(options) {}

  void add(const ordered_json& entry) {
    if (format_ == nullptr) format_ = &recognise_format(entry);
    expect_format(*format_, entry);
    samples_.push_back(sample_of(entry, folder_, options_));
  }
  std::vector<Sample> take() { return std::move(samples_); }

 private:
  std::filesystem::path folder_;
  const DataSetOptions& options_;
  const DataSetFormat* format_ = nullptr;
  std::vector<Sample> samples_;
};

}  // namespace

std::string read_text_file(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) refuse(fmt::format("{} is a folder, not a file", file.string()));
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Sample> read_data_set(const std::filesystem::path& file, const DataSetOptions& options) {
  Reader reader(options.image_dir.empty() ? file.parent_path() : options.image_dir, options);
  for_each_entry(file, [&](const ordered_json& entry) { reader.add(entry); });
  return reader.take();
}

}  // namespace ocellus::run
