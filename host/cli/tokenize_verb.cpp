#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/data_set.hpp"
#include "host/run/model.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;

ordered_json record_of(const run::Model& model, const std::string& text) {
  ordered_json record{
      {"ids", ordered_json::array()}, {"pieces", ordered_json::array()}, {"offsets", ordered_json::array()}};
  for (const run::Model::Token& token : model.encode(text)) {
    record["ids"].push_back(token.id);
    record["pieces"].push_back(std::string(model.token_bytes(token.id)));
    record["offsets"].push_back({token.begin, token.end});
  }
  return record;
}

void print_text(const run::Model& model, const std::string& text) {
  for (const run::Model::Token& token : model.encode(text)) {
    fmt::print("{:>8}  {:>6}..{:<6} {}\n", token.id, token.begin, token.end,
               store::json_line(ordered_json(std::string(model.token_bytes(token.id)))));
  }
}

}  // namespace

int tokenize_verb(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = open_registry(line, paths);
  const registry::PluginRecord& record = run::detect_model(registry, line.request.model);
  const run::Model model(registry, record, options::Values::parse(record, line.request.adapter), {line.request.model});
  for (const std::string& text : line.texts) {
    if (line.json) {
      fmt::print("{}\n", store::json_line(record_of(model, text)));
    } else {
      print_text(model, text);
    }
  }
  if (line.json_lines.empty()) {
    if (line.texts.empty()) throw Error(OC_E_OPTION, "nothing to tokenize: give a TEXT or --json-lines FILE");
    return exit_ok;
  }
  const std::string lines = run::read_text_file(line.json_lines);
  size_t number = 0;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    const ordered_json text = ordered_json::parse(lines.substr(begin, end - begin), nullptr, false);
    begin = end + 1;
    ++number;
    if (!text.is_string()) {
      throw Error(OC_E_MODEL,
                  fmt::format("--json-lines {}, line {}: this is not a JSON string", line.json_lines.string(), number));
    }
    fmt::print("{}\n", store::json_line(record_of(model, text.get<std::string>())));
  }
  return exit_ok;
}

}  // namespace ocellus::cli
