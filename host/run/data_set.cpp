#include "host/run/data_set.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "host/run/conversation.hpp"

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
  if (entry.contains("box")) boxes.push_back(box_of(entry["box"], ""));
  if (!entry.contains("boxes")) return boxes;
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

std::string prompt_of(const ordered_json& entry, const DataSetOptions& options) {
  for (const char* key : {"prompt", "problem", "question", "text"}) {
    if (!entry.contains(key)) continue;
    if (!entry[key].is_string()) refuse(fmt::format("the field {} must be a string", key));
    return entry[key].get<std::string>();
  }
  if (options.prompt.empty())
    refuse("there is no prompt (prompt, problem, question or text) and no --prompt was given");
  return options.prompt;
}

Sample sample_of(const ordered_json& entry, const std::filesystem::path& folder, const DataSetOptions& options) {
  if (!entry.is_object()) refuse("an entry must be a JSON object");
  Sample sample;
  if (entry.contains("id")) {
    const ordered_json& id = entry["id"];
    if (!id.is_string() && !id.is_number_integer()) refuse("the field id must be a string or a whole number");
    sample.id = id.is_string() ? id.get<std::string>() : id.dump();
  }
  if (entry.contains("messages")) {
    append_messages(sample, entry["messages"], folder);
    if (!options.system.empty()) {
      if (sample.turns.front().role == Role::system)
        refuse("these messages have a system message of their own, so --system cannot be given");
      sample.turns.insert(sample.turns.begin(), {Role::system, {{false, 0, options.system}}});
    }
  } else {
    Turn turn{Role::user, {}};
    for (const char* key : {"image", "images"}) {
      if (!entry.contains(key)) continue;
      for (const std::string& image : strings(entry[key], key)) {
        turn.parts.push_back({true, sample.images.size(), ""});
        sample.images.push_back(folder / image);
      }
    }
    turn.parts.push_back({false, 0, prompt_of(entry, options)});
    if (!options.system.empty()) sample.turns.push_back({Role::system, {{false, 0, options.system}}});
    sample.turns.push_back(std::move(turn));
  }
  if (entry.contains("given_answer")) {
    if (!entry["given_answer"].is_string()) refuse("the field given_answer must be a string");
    sample.answer = entry["given_answer"].get<std::string>();
  }
  sample.boxes = boxes_of(entry, sample.images.size());
  for (const char* key : {"answer", "solution", "category", "question_id", "image_file", "caption"}) {
    if (entry.contains(key)) sample.facts[key] = entry[key];
  }
  return sample;
}

ordered_json parse(std::string_view text) {
  try {
    return ordered_json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    refuse(fmt::format("this is not JSON (at byte {})", error.byte));
  }
}

}  // namespace

std::string read_text_file(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) refuse(fmt::format("{} is a folder, not a file", file.string()));
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Sample> read_data_set(const std::filesystem::path& file, const DataSetOptions& options) {
  const std::string whole = read_text_file(file);
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // Windows editors put it before UTF-8
  std::string_view text = whole;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const std::filesystem::path folder = options.image_dir.empty() ? file.parent_path() : options.image_dir;
  std::vector<Sample> samples;
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) refuse(fmt::format("{} is empty", file.string()));
  if (text[first] == '[') {
    size_t entry = 0;
    try {
      const ordered_json entries = parse(text);
      for (; entry < entries.size(); ++entry) samples.push_back(sample_of(entries[entry], folder, options));
    } catch (const Error& error) {
      refuse(fmt::format("{}, entry {}: {}", file.string(), entry, error.what()));
    }
    return samples;
  }
  size_t line_number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      samples.push_back(sample_of(parse(line), folder, options));
    } catch (const Error& error) {
      refuse(fmt::format("{}, line {}: {}", file.string(), line_number, error.what()));
    }
  }
  return samples;
}

}  // namespace ocellus::run
