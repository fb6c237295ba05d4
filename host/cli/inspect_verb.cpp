#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/verbs.hpp"
#include "host/media/decoder.hpp"
#include "host/run/matching.hpp"
#include "host/run/sample_record.hpp"
#include "host/run/sample_run.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;

ordered_json stacks_of(const run::Model& model) {
  ordered_json stacks = ordered_json::array();
  for (const oc_stack& stack : model.stacks()) {
    stacks.push_back({{"stack", stack.id},
                      {"layers", stack.n_layers},
                      {"heads", stack.n_heads},
                      {"kv_heads", stack.n_kv_heads},
                      {"width", stack.width}});
    if (stack.attention_layers != nullptr) {
      stacks.back()["attention_layers"] =
          std::vector(stack.attention_layers, stack.attention_layers + stack.n_attention_layers);
    }
  }
  return stacks;
}

ordered_json methods_of(const registry::Registry& registry, const registry::PluginRecord& model) {
  ordered_json methods = ordered_json::array();
  for (const registry::PluginRecord* method : registry.all(registry::Kind::method)) {
    const std::string reason = run::why_not(model, *method);
    methods.push_back({{"method", method->id}, {"can", reason.empty()}});
    if (!reason.empty()) methods.back()["reason"] = reason;
  }
  return methods;
}

// The layout of one conversation of all the pictures and the first prompt.
ordered_json layout_of(const CommandLine& line, const run::Model& model, media::Decoder& decoder) {
  run::Sample sample;
  run::Turn turn{run::Role::user, {}};
  for (const std::string& image : line.request.images) {
    turn.parts.push_back({true, sample.images.size(), ""});
    sample.images.emplace_back(image);
  }
  turn.parts.push_back(
      {false, 0, line.request.prompts.empty() ? "Describe this image." : line.request.prompts.front()});
  sample.turns.push_back(std::move(turn));
  const run::PreparedSample ready = run::prepare(sample, model, decoder);
  ordered_json layouts = ordered_json::array();
  for (const oc_layout* layout : ready.context->layouts.all()) layouts.push_back(run::layout_record(*layout));
  return layouts;
}

void print_text(const ordered_json& record) {
  fmt::print("{} ({})\n", record["model"].get<std::string>(), record["plugin"].get<std::string>());
  for (const auto& [key, value] : record["facts"].items()) fmt::print("  {}: {}\n", key, value.get<std::string>());
  for (const ordered_json& stack : record["stacks"]) {
    fmt::print("  {}: ", stack["stack"].get<std::string>());
    if (stack["layers"] != 0) {
      fmt::print("{} layers, {} heads ({} for keys and values), ", stack["layers"].get<int>(),
                 stack["heads"].get<int>(), stack["kv_heads"].get<int>());
    }
    fmt::print("width {}", stack["width"].get<int>());
    if (stack.contains("attention_layers"))
      fmt::print(", attention rows of layers {}", fmt::join(stack["attention_layers"].get<std::vector<int>>(), ", "));
    fmt::print("\n");
  }
  for (const ordered_json& layout : record.value("layouts", ordered_json::array())) {
    fmt::print("  layout of {}: {} tokens\n", layout["stack"].get<std::string>(), layout["n_tokens"].get<int64_t>());
    for (const ordered_json& segment : layout["segments"]) {
      fmt::print("    {:>6}..{:<6} {}{}\n", segment["begin"].get<int64_t>(), segment["end"].get<int64_t>(),
                 segment["kind"].get<std::string>(),
                 segment.contains("image") ? fmt::format(" {}", segment["image"].get<int>()) : "");
    }
    for (const ordered_json& grid : layout["grids"]) {
      fmt::print("    image {}: {} x {} px, given as {} x {} px, {} rows x {} cols of cells\n",
                 grid["image"].get<int>(), grid["source"][0].get<int>(), grid["source"][1].get<int>(),
                 grid["model"][0].get<int>(), grid["model"][1].get<int>(), grid["rows"].get<int>(),
                 grid["cols"].get<int>());
    }
  }
  for (const ordered_json& method : record["methods"]) {
    fmt::print("  {}: {}\n", method["method"].get<std::string>(),
               method["can"].get<bool>() ? "yes" : method["reason"].get<std::string>());
  }
}

}  // namespace

int inspect_verb(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = open_registry(line, paths);
  const registry::PluginRecord& plugin = run::detect_model(registry, line.request.model);
  const run::Model model(registry, plugin, options::Values::parse(plugin, line.request.adapter),
                         {line.request.model, line.request.device, line.request.dtype, line.request.threads,
                          line.request.min_pixels, line.request.max_pixels});
  media::Decoder decoder(paths.media);
  ordered_json record{{"model", std::filesystem::absolute(line.request.model).string()}, {"plugin", plugin.id}};
  record["facts"] = ordered_json::object();
  for (const auto& [key, value] : model.facts()) record["facts"][key] = value;
  record["stacks"] = stacks_of(model);
  if (!line.request.images.empty() || !line.request.prompts.empty())
    record["layouts"] = layout_of(line, model, decoder);
  record["methods"] = methods_of(registry, plugin);
  if (line.json) {
    fmt::print("{}\n", store::json_line(record));
  } else {
    print_text(record);
  }
  return exit_ok;
}

}  // namespace ocellus::cli
