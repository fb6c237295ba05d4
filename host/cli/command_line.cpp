#include "host/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <ocellus/sdk/error.hpp>

#include "host/cli/config_file.hpp"
#include "host/cli/grammar.hpp"
#include "host/cli/presets.hpp"
#include "host/options/nearest.hpp"
#include "host/registry/search_path.hpp"
#include "host/run/hub_cache.hpp"
#include "host/run/match_prompt.hpp"
#include "host/version.hpp"

namespace ocellus::cli {
namespace {

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

std::string program_and(const std::string& verb) {
  return verb.empty() ? "ocellus" : "ocellus " + verb;
}

// The words that may follow those of a verb: "list" and "show" after "plugins".
std::vector<std::string> words_after(const Grammar& grammar, const std::string& verb) {
  const std::string prefix = verb.empty() ? "" : verb + " ";
  std::vector<std::string> words;
  for (const auto& [known, unused] : grammar.verbs) {
    const std::string rest = known.starts_with(prefix) ? known.substr(prefix.size()) : "";
    if (!rest.empty() && rest.find(' ') == std::string::npos) words.push_back(rest);
  }
  return words;
}

// Does it take words without an option before them?
bool takes_words(const CLI::App& verb) {
  const auto options = verb.get_options();
  return std::any_of(options.begin(), options.end(),
                     [](const CLI::Option* option) { return option->get_positional(); });
}

// CLI11 blames the wrong word for a misspelt option or verb; this walk names the right one and what is near.
void check_words(const Grammar& grammar, const std::vector<std::string>& words) {
  const CLI::App* verb = &grammar.app;
  size_t at = 0;
  std::string name;
  // "plugins list": a verb may have two words.
  while (at < words.size() && !words[at].empty() && words[at].front() != '-') {
    const std::string longer = name.empty() ? words[at] : name + " " + words[at];
    const auto found = grammar.verbs.find(longer);
    if (found == grammar.verbs.end()) {
      const std::vector<std::string> names = words_after(grammar, name);
      if (names.empty()) break;  // what follows is no verb's word
      refuse(fmt::format("there is no command '{}'{}", longer, options::did_you_mean(words[at], names)));
    }
    name = longer;
    verb = found->second;
    ++at;
  }
  bool asks_for_help = false;
  for (; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "--") return;
    if (word.size() < 2 || word.front() != '-' ||
        (word[1] != '-' && std::isalpha(static_cast<unsigned char>(word[1])) == 0)) {
      if (!takes_words(*verb)) {
        refuse(
            fmt::format("`{}` does not take the word '{}': an option stands before each value, and a text of several "
                        "words in quotes",
                        program_and(name), word));
      }
      continue;
    }
    const std::string option_name = word.substr(0, word.find('='));
    const CLI::Option* option = verb->get_option_no_throw(option_name);
    if (option == nullptr) {
      refuse(
          fmt::format("there is no option {}{}", option_name, options::did_you_mean(option_name, option_names(*verb))));
    }
    asks_for_help = asks_for_help || option_name == "--help" || option_name == "-h";
    if (option->get_expected_max() > 0 && word.find('=') == std::string::npos) ++at;  // its value
  }
  if (verb->get_require_subcommand_min() > 0 && !asks_for_help)
    refuse(
        fmt::format("`{}` wants one more word: {}", program_and(name), fmt::join(words_after(grammar, name), " or ")));
}

// --faithfulness may stand alone and, like a SPEC, with settings behind a colon: both as CLI11 takes them.
void rewrite_faithfulness(std::vector<std::string>& words) {
  const std::string option = "--faithfulness";
  for (std::string& word : words) {
    if (word == "--") return;
    if (word == option) word += "=on";
    if (word.starts_with(option + ":")) word[option.size()] = '=';
  }
}

// "on" in a word of its own is what a flag without settings has become, and "true" what YAML makes of one.
std::optional<faithfulness::Settings> faithfulness_of(const std::string& text) {
  if (text.empty() || text == "false") return std::nullopt;
  try {
    return faithfulness::parse_settings(text == "on" || text == "true" ? "" : text);
  } catch (const Error& error) {
    refuse(fmt::format("--{}", error.what()));
  }
}

knockout::Settings knockout_of(const std::string& text) {
  try {
    return knockout::parse_settings(text);
  } catch (const Error& error) {
    refuse(fmt::format("--{}", error.what()));
  }
}

// The values of `option`, "--config", among the words of a run.
std::vector<std::string> values_of(const std::string& option, const std::vector<std::string>& words) {
  std::vector<std::string> values;
  if (words.empty() || !is_run(words.front())) return values;
  for (size_t i = 1; i < words.size() && words[i] != "--"; ++i) {
    if (words[i].starts_with(option + "=")) values.push_back(words[i].substr(option.size() + 1));
    if (words[i] == option && i + 1 < words.size()) values.push_back(words[++i]);
  }
  return values;
}

// The first of them; "" = there is none.
std::string value_of(const std::string& option, const std::vector<std::string>& words) {
  const std::vector<std::string> values = values_of(option, words);
  return values.empty() ? "" : values.front();
}

// Does `rank` make maps of the published tool's kind, and nothing says how they are drawn?
bool lacks_renderers(const std::vector<std::string>& words) {
  const std::vector<std::string> methods = values_of("--method", words);
  const auto is_published = [](const std::string& spec) { return spec.substr(0, spec.find(':')) == "raw-attention"; };
  return !words.empty() && words.front() == "rank" && values_of("--render", words).empty() &&
         std::any_of(methods.begin(), methods.end(), is_published);
}

// What the words of `run` leave to a configuration file and to a preset, in this order, behind them.
void add_files(std::vector<std::string>& words, std::vector<std::string>& notes) {
  const auto add = [&](const std::vector<std::string>& more) {
    words.insert(words.begin() + 1, more.begin(), more.end());
  };
  if (const std::string config = value_of("--config", words); !config.empty()) {
    const ConfigWords read = words_of_config(config, words);
    add(read.words);
    if (!read.unused.empty())
      notes.push_back(fmt::format("--config {}: not used here: {}", config, fmt::join(read.unused, ", ")));
  }
  std::string preset = value_of("--preset", words);
  if (preset.empty() && lacks_renderers(words)) preset = "retrieval";
  if (!preset.empty()) {
    add(words_of_preset(find_preset(shipped(registry::current_program(), "presets"), preset), words));
  }
}

void parse(Grammar& grammar, std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    grammar.app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    const CLI::App* asked = &grammar.app;
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
    const bool program = asked == &grammar.app;
    grammar.line.text = asked->help(program ? "" : "ocellus");
    grammar.line.text_wants_plugins = program || is_run(asked->get_name()) || asked == grammar.verbs.at("render");
    throw;
  } catch (const CLI::CallForVersion&) {
    grammar.line.text = fmt::format("ocellus {}\n", version);
    throw;
  } catch (const CLI::ParseError& error) {
    const std::string why = error.what();
    refuse(why.ends_with('?') ? why : why + ": `ocellus --help` shows how it is written");
  }
}

options::Spec spec_of(const char* option, const std::string& text) {
  try {
    return options::parse_spec(text);
  } catch (const Error& error) {
    refuse(fmt::format("{} {}", option, error.what()));
  }
}

std::filesystem::path resolved(const std::filesystem::path& path) {
  if (path.empty()) return path;
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();  // "folder/" is "folder"
}

// What `rank` adds to a run: the method that scores, and its own word in names of files.
void finish_rank(run::Request& request, const RawWords& raw) {
  run::Retrieval& retrieval = request.retrieval.emplace(raw.retrieval);
  retrieval.query_image = resolved(raw.query_image);
  retrieval.queries = resolved(raw.queries);
  retrieval.candidates = resolved(raw.candidates);
  retrieval.maps_of_query = raw.maps == "both";
  const std::vector<std::string>& forms = run::match_prompt_forms();
  if (std::find(forms.begin(), forms.end(), retrieval.prompt) == forms.end())
    retrieval.prompt = resolved(retrieval.prompt).string();
  const auto scores = [](const options::Spec& spec) { return spec.name == "match-score"; };
  if (std::none_of(request.methods.begin(), request.methods.end(), scores))
    request.methods.insert(request.methods.begin(), options::parse_spec("match-score"));
  if (raw.top > 0) request.renders.push_back(options::parse_spec(fmt::format("contact-sheet:top={}", raw.top)));
  constexpr std::string_view word = "{prefix}";
  for (options::Spec& spec : request.renders) {
    for (auto& [key, value] : spec.settings) {
      const size_t at = key == "name" ? value.find(word) : std::string::npos;
      if (at != std::string::npos) value.replace(at, word.size(), raw.prefix);
    }
  }
}

// What `sanity` adds to a run.
void finish_sanity(run::Request& request, const RawWords& raw) {
  if (!raw.shard.empty()) refuse("--shard is not for `ocellus sanity`: its samples are compared in one process");
  sanity::Settings& settings = request.sanity.emplace();
  if (!raw.checks.empty()) settings.checks = sanity::parse_checks(raw.checks);
  settings.stages = static_cast<size_t>(raw.stages);
  settings.threshold = raw.threshold;
  const auto randomises = [](const auto& setting) { return setting.first.starts_with("randomise"); };
  const auto& of_model = request.adapter.settings;
  if (std::any_of(of_model.begin(), of_model.end(), randomises))
    refuse("`ocellus sanity` randomises layers itself: leave randomise out of --adapter");
}

// What a run reads is named by absolute paths from here on: the same words in another folder are another request.
void finish(CommandLine& line, const RawWords& raw) {
  run::Request& request = line.request;
  if (!raw.model.empty()) request.model = resolved(run::find_model(raw.model));
  request.model_name = raw.model;
  request.out = raw.out;
  for (std::string& image : request.images) image = resolved(image).string();
  request.messages = resolved(raw.messages);
  request.dataset = resolved(raw.dataset);
  request.image_dir = resolved(raw.image_dir);
  if (raw.limit > 0) request.limit = static_cast<uint64_t>(raw.limit);
  if (raw.sample_index >= 0) request.sample_index = static_cast<uint64_t>(raw.sample_index);
  if (!raw.shard.empty()) request.shard = run::parse_shard(raw.shard);
  if (raw.memory_limit > 0) request.memory_limit = raw.memory_limit;
  if (raw.max_new_tokens >= 0) request.max_new_tokens = static_cast<uint32_t>(raw.max_new_tokens);
  for (const std::string& text : raw.methods) request.methods.push_back(spec_of("--method", text));
  for (const std::string& text : raw.renders) request.renders.push_back(spec_of("--render", text));
  request.faithfulness = faithfulness_of(raw.faithfulness);
  for (const std::string& text : raw.knockouts) request.knockouts.push_back(knockout_of(text));
  if (!raw.adapter.empty()) request.adapter = spec_of("--adapter", raw.adapter);
  line.plugin_path.assign(raw.plugin_path.begin(), raw.plugin_path.end());
  line.outs.assign(raw.outs.begin(), raw.outs.end());
  line.json_lines = raw.json_lines;
  if (line.verb == Verb::rank) finish_rank(request, raw);
  if (line.verb == Verb::sanity) finish_sanity(request, raw);
  const bool runs = line.verb == Verb::run || line.verb == Verb::rank || line.verb == Verb::sanity;
  if (runs && request.out.empty() && !request.dry_run) refuse("--out DIR is missing: where shall the results go?");
  if (line.verb == Verb::merge) {
    if (line.outs.size() > 1 && request.out.empty())
      refuse("--out DIR is missing: where shall several folders be joined?");
    if (request.out.empty()) request.out = line.outs.front();
  }
  if (line.verb == Verb::render) {
    if (line.map.empty() == line.outs.empty())
      refuse("render wants folders that hold a run (out), or --map FILE with --image FILE");
    if (!line.map.empty() && request.images.size() != 1) refuse("--map lies on one picture: give one --image FILE");
    if (line.map.empty() && !request.images.empty())
      refuse("--image belongs to --map: a stored run knows its pictures");
    if (line.map.empty() && line.outs.size() < 2 && !raw.out.empty())
      refuse("--out belongs to --map and to several runs: what is drawn of one run goes into its folder");
  }
  const plan::Generation& generation = request.generation;
  if (!generation.draws && (generation.temperature || generation.top_k || generation.top_p))
    refuse("--temperature, --top-k and --top-p say how tokens are drawn: give --do-sample too, or leave them out");
  const auto& stops = generation.stop_strings;
  if (std::any_of(stops.begin(), stops.end(), [](const std::string& text) { return text.empty(); }))
    refuse("--stop wants a text of at least one character");
  if (request.min_pixels > 0 && request.max_pixels > 0 && request.min_pixels > request.max_pixels) {
    refuse("--min-pixels is larger than --max-pixels");
  }
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  Grammar grammar;
  rewrite_faithfulness(words);
  check_words(grammar, words);
  add_files(words, grammar.line.notes);
  try {
    parse(grammar, std::move(words));
  } catch (const CLI::Success&) {  // help or version
    return grammar.line;
  }
  static const std::map<std::string, Verb> verbs{{"run", Verb::run},
                                                 {"rank", Verb::rank},
                                                 {"sanity", Verb::sanity},
                                                 {"merge", Verb::merge},
                                                 {"render", Verb::render},
                                                 {"plugins list", Verb::plugins_list},
                                                 {"plugins show", Verb::plugins_show},
                                                 {"inspect", Verb::inspect},
                                                 {"tokenize", Verb::tokenize},
                                                 {"demo", Verb::demo},
                                                 {"completion", Verb::completion},
                                                 {"man", Verb::man}};
  for (const auto& [name, verb] : verbs) {
    if (grammar.verbs.at(name)->parsed()) grammar.line.verb = verb;
  }
  if (grammar.line.verb == Verb::none) {
    grammar.line.text = grammar.app.help();
    grammar.line.text_wants_plugins = true;
    return grammar.line;
  }
  finish(grammar.line, grammar.raw);
  return grammar.line;
}

}  // namespace ocellus::cli
