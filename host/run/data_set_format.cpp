#include "host/run/data_set_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;
using OneOf = std::vector<const char*>;

bool has_one_of(const ordered_json& entry, const OneOf& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return has_field(entry, key); });
}

bool has_all(const ordered_json& entry, const DataSetFormat& format) {
  return std::all_of(format.needs.begin(), format.needs.end(),
                     [&](const OneOf& keys) { return has_one_of(entry, keys); });
}

std::string in_words(const OneOf& keys) {
  return fmt::format("{}", fmt::join(keys, " or "));
}

}  // namespace

bool has_field(const ordered_json& entry, const char* key) {
  const auto field = entry.find(key);
  return field != entry.end() && !field->is_null();
}

const DataSetFormat& recognise_format(const ordered_json& entry) {
  static const std::vector<DataSetFormat> formats{{"LLaVA conversations", {{"conversations"}}},
                                                  {"MME questions", {{"question"}, {"image_file"}}},
                                                  {"LLaVA questions", {{"question_id"}, {"text"}, {"image"}}},
                                                  {"Reason-RFT problems", {{"problem"}, {"image", "images"}}},
                                                  {"", {}}};
  return *std::find_if(formats.begin(), formats.end(),
                       [&](const DataSetFormat& format) { return has_all(entry, format); });
}

void expect_format(const DataSetFormat& format, const ordered_json& entry) {
  std::vector<std::string> needs;
  for (const OneOf& keys : format.needs) needs.push_back(in_words(keys));
  for (const OneOf& keys : format.needs) {
    if (has_one_of(entry, keys)) continue;
    throw Error(OC_E_MODEL, fmt::format("there is no {}: by its first entry this file holds {}, which all have {}",
                                        in_words(keys), format.name, fmt::join(needs, " and ")));
  }
}

}  // namespace ocellus::run
