#include "host/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <ocellus/sdk/error.hpp>

#include "host/options/nearest.hpp"
#include "host/version.hpp"

namespace ocellus::cli {
namespace {

// What CLI11 fills in before it is turned into a CommandLine.
struct Raw {
  std::vector<std::string> methods, renders, outs, plugin_path;
  std::string model, out, adapter, messages, dataset, image_dir, json_lines;
  int64_t limit = -1, sample_index = -1, max_new_tokens = -1;
  uint64_t memory_limit = 0;
};

// The help says in words what is allowed.
CLI::Validator quiet(CLI::Validator validator) {
  return validator.description("");
}

// Every occurrence takes one value, so that texts may stand behind each other: --prompt A --prompt B.
template <class T>
CLI::Option* repeated(CLI::App* app, const std::string& name, std::vector<T>& values, const std::string& help) {
  return app->add_option(name, values, help)->allow_extra_args(false);
}

void add_common(CLI::App* app, CommandLine& line, Raw& raw) {
  repeated(app, "--plugin-path", raw.plugin_path, "folder with further plugins; may be repeated")->type_name("DIR");
  app->add_flag("--json", line.json, "results as JSON Lines on stdout");
  app->add_flag("--quiet", line.quiet, "no progress on stderr");
  app->add_option("--log-level", line.log_level, "debug, info, warn or error [warn]")
      ->check(quiet(CLI::IsMember({"debug", "info", "warn", "error"})))
      ->type_name("LEVEL");
}

void add_model(CLI::App* app, CommandLine& line, Raw& raw) {
  run::Request& request = line.request;
  app->add_option("--model", raw.model, "model folder as downloaded from the hub")->required()->type_name("DIR");
  app->add_option("--device", request.device, "cpu or cuda[:N] [cpu]")->type_name("NAME");
  app->add_option("--dtype", request.dtype, "auto, float32, bfloat16 or float16 [auto: as stored]")
      ->check(quiet(CLI::IsMember({"auto", "float32", "bfloat16", "float16"})))
      ->type_name("NAME");
  app->add_option("--threads", request.threads, "threads of the model [all cores]")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  app->add_option("--min-pixels", request.min_pixels, "smallest image area given to the model [the folder's]")
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1} << 40)))
      ->type_name("N");
  app->add_option("--max-pixels", request.max_pixels, "largest image area given to the model [the folder's]")
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1} << 40)))
      ->type_name("N");
  app->add_option("--adapter", raw.adapter, "options of the model plugin: name:key=value")->type_name("SPEC");
}

void add_run(CLI::App* app, CommandLine& line, Raw& raw) {
  run::Request& request = line.request;
  add_model(app, line, raw);
  repeated(app, "--image", request.images, "picture; every image is combined with every prompt")->type_name("FILE");
  repeated(app, "--prompt", request.prompts, "question or instruction; may be repeated")->type_name("TEXT");
  app->add_flag("--together", request.together, "all images in one prompt instead of one sample each");
  app->add_option("--answer", request.answer, "explain this answer instead of a generated one")->type_name("TEXT");
  app->add_option("--system", request.system, "system message [the template's own]")->type_name("TEXT");
  app->add_option("--messages", raw.messages, "a conversation as Hugging Face chat messages")->type_name("FILE");
  app->add_option("--dataset", raw.dataset, "samples as JSON Lines or a JSON array")->type_name("FILE");
  app->add_option("--image-dir", raw.image_dir, "where relative pictures of a data set start [its folder]")
      ->type_name("DIR");
  app->add_option("--limit", raw.limit, "only the first N samples")
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1} << 40)))
      ->type_name("N");
  app->add_option("--sample-index", raw.sample_index, "only sample N, from 0")
      ->check(quiet(CLI::Range(int64_t{0}, int64_t{1} << 40)))
      ->type_name("N");
  repeated(app, "--method", raw.methods, "how to explain: name[:key=value,...]; may be repeated")
      ->type_name("SPEC")
      ->required();
  repeated(app, "--render", raw.renders, "what to draw: name[:key=value,...]; may be repeated")->type_name("SPEC");
  app->add_option("--out", raw.out, "folder for the results")->type_name("DIR");
  app->add_flag("--fresh", request.fresh, "replace the run that --out holds");
  app->add_flag("--dry-run", request.dry_run, "print passes, captures and bytes; run nothing");
  app->add_option("--max-new-tokens", raw.max_new_tokens, "tokens of the answer [128 when something asks for one]")
      ->check(quiet(CLI::Range(0, 1'000'000)))
      ->type_name("N");
  app->add_option("--memory-limit", raw.memory_limit,
                  "refuse a sample whose estimate is larger, before the model runs: 8G, 512M, ...")
      ->transform(quiet(CLI::AsSizeValue(false)))
      ->type_name("BYTES");
  app->add_option("--progress", line.progress, "plain or none [plain]")
      ->check(quiet(CLI::IsMember({"plain", "none"})))
      ->type_name("HOW");
  add_common(app, line, raw);
}

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(OC_E_OPTION, sentence);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// CLI11 blames the wrong word for a misspelt option or verb; this walk names the right one and what is near.
void check_words(const CLI::App& app, const std::map<std::string, CLI::App*>& verbs, int argc, char** argv) {
  if (argc < 2) return;
  const std::string first = argv[1];
  const CLI::App* verb = &app;
  int at = 1;
  if (!first.empty() && first.front() != '-') {
    const auto found = verbs.find(first);
    if (found == verbs.end()) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : verbs) names.push_back(name);
      refuse(fmt::format("there is no command '{}'{}", first, options::did_you_mean(first, names)));
    }
    verb = found->second;
    at = 2;
    if (first == "plugins" && argc > 2 && argv[2][0] != '-') {
      const std::string second = argv[2];
      if (second != "list" && second != "show") {
        refuse(
            fmt::format("there is no command 'plugins {}'{}", second, options::did_you_mean(second, {"list", "show"})));
      }
      verb = verb->get_subcommand(second);
      at = 3;
    }
  }
  for (; at < argc; ++at) {
    const std::string word = argv[at];
    if (word == "--") return;
    if (word.size() < 3 || !word.starts_with("--")) continue;
    const std::string name = word.substr(0, word.find('='));
    const CLI::Option* option = verb->get_option_no_throw(name);
    if (option == nullptr)
      refuse(fmt::format("there is no option {}{}", name, options::did_you_mean(name, option_names(*verb))));
    if (option->get_expected_max() > 0 && word.find('=') == std::string::npos) ++at;  // its value
  }
}

options::Spec spec_of(const char* option, const std::string& text) {
  try {
    return options::parse_spec(text);
  } catch (const Error& error) {
    refuse(fmt::format("{} {}", option, error.what()));
  }
}

void finish(CommandLine& line, const Raw& raw) {
  run::Request& request = line.request;
  request.model = raw.model;
  request.out = raw.out;
  request.messages = raw.messages;
  request.dataset = raw.dataset;
  request.image_dir = raw.image_dir;
  if (raw.limit > 0) request.limit = static_cast<uint64_t>(raw.limit);
  if (raw.sample_index >= 0) request.sample_index = static_cast<uint64_t>(raw.sample_index);
  if (raw.memory_limit > 0) request.memory_limit = raw.memory_limit;
  if (raw.max_new_tokens >= 0) request.max_new_tokens = static_cast<uint32_t>(raw.max_new_tokens);
  for (const std::string& text : raw.methods) request.methods.push_back(spec_of("--method", text));
  for (const std::string& text : raw.renders) request.renders.push_back(spec_of("--render", text));
  if (!raw.adapter.empty()) request.adapter = spec_of("--adapter", raw.adapter);
  line.plugin_path.assign(raw.plugin_path.begin(), raw.plugin_path.end());
  line.outs.assign(raw.outs.begin(), raw.outs.end());
  line.json_lines = raw.json_lines;
  if (line.verb == Verb::run && request.out.empty() && !request.dry_run)
    refuse("--out DIR is missing: where shall the results go?");
  if (request.min_pixels > 0 && request.max_pixels > 0 && request.min_pixels > request.max_pixels) {
    refuse("--min-pixels is larger than --max-pixels");
  }
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  Raw raw;
  CLI::App app(
      "Ocellus shows what a vision-language model looks at.\n"
      "  ocellus run --model DIR --image F --prompt TEXT --method SPEC --render SPEC --out DIR",
      "ocellus");
  app.set_version_flag("--version", std::string("ocellus ") + version);
  app.require_subcommand(0, 1);

  CLI::App* run = app.add_subcommand("run", "explain pictures, conversations or a data set");
  add_run(run, line, raw);

  CLI::App* render = app.add_subcommand("render", "draw stored results again, without the model");
  repeated(render, "out", raw.outs, "folders that hold a run")->required()->allow_extra_args(true)->type_name("DIR");
  repeated(render, "--render", raw.renders, "what to draw: name[:key=value,...]; may be repeated")
      ->type_name("SPEC")
      ->required();
  add_common(render, line, raw);

  CLI::App* plugins = app.add_subcommand("plugins", "what there is to combine");
  plugins->require_subcommand(1, 1);
  CLI::App* list = plugins->add_subcommand("list", "all models, methods and renderers");
  add_common(list, line, raw);
  CLI::App* show = plugins->add_subcommand("show", "one plugin and its options");
  show->add_option("id", line.plugin_id, "name of the plugin")->required()->type_name("ID");
  add_common(show, line, raw);

  CLI::App* inspect =
      app.add_subcommand("inspect", "a model's layers, heads, layout and what each method can do; loads no weights");
  add_model(inspect, line, raw);
  repeated(inspect, "--image", line.request.images, "show the grid of this picture; may be repeated")
      ->type_name("FILE");
  repeated(inspect, "--prompt", line.request.prompts, "show the layout of this prompt")->type_name("TEXT");
  add_common(inspect, line, raw);

  CLI::App* tokenize = app.add_subcommand("tokenize", "ids, pieces and byte offsets of raw text");
  add_model(tokenize, line, raw);
  repeated(tokenize, "text", line.texts, "texts")->allow_extra_args(true)->type_name("TEXT");
  tokenize->add_option("--json-lines", raw.json_lines, "one JSON string a line in, one JSON object a line out")
      ->type_name("FILE");
  add_common(tokenize, line, raw);

  CLI::App* demo = app.add_subcommand("demo", "explain the demo pictures with the demo model");
  demo->add_option("--out", raw.out, "folder for the results [demo-output]")->type_name("DIR");
  demo->add_option("--threads", line.request.threads, "threads of the model [all cores]")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  add_common(demo, line, raw);

  check_words(app,
              {{"run", run},
               {"render", render},
               {"plugins", plugins},
               {"inspect", inspect},
               {"tokenize", tokenize},
               {"demo", demo}},
              argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* asked = &app;
    for (CLI::App* sub : app.get_subcommands()) asked = sub;
    if (asked == plugins && !plugins->get_subcommands().empty()) asked = plugins->get_subcommands().front();
    line.text = asked->help(asked == &app ? "" : "ocellus");
    line.text_wants_plugins = asked == &app || asked == run || asked == render;
    return line;
  } catch (const CLI::CallForVersion&) {
    line.text = fmt::format("ocellus {}\n", version);
    return line;
  } catch (const CLI::ParseError& error) {
    refuse(fmt::format("{}: `ocellus --help` shows how it is written", error.what()));
  }
  const std::map<CLI::App*, Verb> verbs{
      {run, Verb::run},         {render, Verb::render},     {list, Verb::plugins_list}, {show, Verb::plugins_show},
      {inspect, Verb::inspect}, {tokenize, Verb::tokenize}, {demo, Verb::demo}};
  for (const auto& [verb, value] : verbs) {
    if (verb->parsed()) line.verb = value;
  }
  if (line.verb == Verb::none) {
    line.text = app.help();
    line.text_wants_plugins = true;
    return line;
  }
  finish(line, raw);
  return line;
}

}  // namespace ocellus::cli
