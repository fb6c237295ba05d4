#include "plugins/models/common/weights/shard_index.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "plugins/models/common/weights/quoted_name.hpp"

namespace ocellus::models {
namespace {

using Json = nlohmann::json;

[[noreturn]] void fail(std::string_view file, const std::string& what) {
  throw Error(OC_E_MODEL, fmt::format("{} {}; download the folder again", file, what));
}

// A DOM keeps the last of two equal names; here that would hide a tensor.
Json parse_without_duplicates(std::string_view text, std::string_view file) {
  std::set<std::string> names;  // of the object at depth 1 that is being read
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start && depth == 1) names.clear();
    if (event == Json::parse_event_t::key && depth == 2 && !names.insert(parsed.get<std::string>()).second)
      fail(file, fmt::format("names {} twice", quoted_name(parsed.get<std::string>())));
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::exception&) {  // also out_of_range, for a number that fits no type
    fail(file, "is not valid JSON");
  }
}

void check_file_name(const std::string& name, std::string_view suffix, const std::string& tensor,
                     std::string_view file) {
  const bool plain = name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (!plain || !name.ends_with(suffix))
    fail(file, fmt::format("says that tensor {} is in {}, which is not the name of a {} file in the folder",
                           quoted_name(tensor), quoted_name(name), suffix));
}

}  // namespace

ShardIndex parse_shard_index(std::string_view json, std::string_view suffix, std::string_view file) {
  const Json root = parse_without_duplicates(json, file);
  const auto map = root.is_object() ? root.find("weight_map") : root.end();
  if (map == root.end() || !map->is_object()) fail(file, "has no object weight_map");
  ShardIndex index;
  for (const auto& [tensor, shard] : map->items()) {
    if (!shard.is_string()) fail(file, fmt::format("gives tensor {} no file name", quoted_name(tensor)));
    check_file_name(shard.get_ref<const std::string&>(), suffix, tensor, file);
    index.emplace(tensor, shard.get<std::string>());
  }
  return index;
}

}  // namespace ocellus::models
