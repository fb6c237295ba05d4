#include "host/run/json_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>

#include "host/run/data_set.hpp"
#include "host/run/foreign_json.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;
using Use = std::function<void(const ordered_json&)>;

void use_object(const Use& use, const ordered_json& entry) {
  if (!entry.is_object()) throw Error(OC_E_MODEL, "an entry must be a JSON object");
  use(entry);
}

}  // namespace

void for_each_entry(const std::filesystem::path& file, const Use& use) {
  const std::string whole = read_text_file(file);
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // Windows editors put it before UTF-8
  std::string_view text = whole;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) throw Error(OC_E_MODEL, fmt::format("{} is empty", file.string()));
  if (text[first] == '[') {
    size_t entry = 0;
    try {
      const ordered_json entries = parse_foreign_json(text);
      for (; entry < entries.size(); ++entry) use_object(use, entries[entry]);
    } catch (const Error& error) {
      throw Error(OC_E_MODEL, fmt::format("{}, entry {}: {}", file.string(), entry, error.what()));
    }
    return;
  }
  size_t line_number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      use_object(use, parse_foreign_json(line));
    } catch (const Error& error) {
      throw Error(OC_E_MODEL, fmt::format("{}, line {}: {}", file.string(), line_number, error.what()));
    }
  }
}

}  // namespace ocellus::run
