#include "host/cli/config_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "host/cli/grammar.hpp"
#include "host/cli/lavis_config.hpp"
#include "host/cli/yaml_file.hpp"
#include "host/options/nearest.hpp"

namespace ocellus::cli {
namespace {

class Reader {
 public:
  // The keys of `file` are options of the verb that begins `given`, or else of `run`, that `takes` says yes to.
  Reader(const YamlFile& file, const std::vector<std::string>& given, bool (*takes)(const std::string& key))
      : file_(file),
        given_(given),
        verb_(!given.empty() && is_run(given.front()) ? given.front() : "run"),
        takes_(takes) {}

  std::vector<std::string> words() const {
    const YAML::Node& root = file_.root();
    if (!root.IsMap())
      refuse(root, "write `name: value` lines, with the names of the options of `ocellus " + verb_ + "`");
    std::vector<std::string> words;
    std::set<std::string> seen;
    for (const auto& entry : root) {
      const YAML::Node &key_node = entry.first, &value = entry.second;
      const std::string key = key_node.IsScalar() ? key_node.Scalar() : "";
      if (key.empty()) refuse(key_node, "a key must be the name of an option");
      const Grammar grammar;
      const CLI::Option* option = find(grammar, key_node, key);
      if (value.IsNull()) refuse(key_node, fmt::format("{} has no value", key));
      if (!seen.insert(key).second) refuse(key_node, fmt::format("{} is there twice", key));
      const std::vector<std::string> of_key = words_of_value(words_of(*option), key, value);
      check(of_key, value);
      if (!sets(given_, "--" + key)) words.insert(words.end(), of_key.begin(), of_key.end());
    }
    return words;
  }

 private:
  [[noreturn]] void refuse(const YAML::Node& at, const std::string& why) const { file_.refuse(at, why); }

  const CLI::Option* find(const Grammar& grammar, const YAML::Node& node, const std::string& key) const {
    refuse_merge(node);
    std::vector<std::string> names;
    for (const OptionWords& known : options_of_verb(grammar)) {
      names.push_back(known.name.substr(2));
      if (names.back() == key) return grammar.verbs.at(verb_)->get_option(known.name);
    }
    refuse(node, fmt::format("there is no option '{}'{}", key, options::did_you_mean(key, names)));
  }

  void refuse_merge(const YAML::Node& key) const {
    if (key.IsScalar() && key.Scalar() == "<<") refuse(key, "merge keys (<<) are not read: write the options out");
  }

  std::vector<OptionWords> options_of_verb(const Grammar& grammar) const {
    std::vector<OptionWords> options;
    for (const CLI::Option* option : grammar.verbs.at(verb_)->get_options()) {
      const OptionWords known = words_of(*option);
      if (takes_(known.name.substr(2))) options.push_back(known);
    }
    return options;
  }

  std::vector<std::string> words_of_value(const OptionWords& option, const std::string& key,
                                          const YAML::Node& value) const {
    if (option.value.empty()) {
      bool on = false;
      if (!value.IsScalar() || !YAML::convert<bool>::decode(value, on))
        refuse(value, fmt::format("{} is true or false", key));
      return on ? std::vector<std::string>{option.name} : std::vector<std::string>{};
    }
    std::vector<std::string> words;
    if (value.IsSequence()) {
      if (!option.repeatable) refuse(value, fmt::format("{} takes one value, not a list", key));
      for (const YAML::Node& item : value) words.insert(words.end(), {option.name, text_of(option, key, item)});
    } else {
      words = {option.name, text_of(option, key, value)};
    }
    return words;
  }

  std::string text_of(const OptionWords& option, const std::string& key, const YAML::Node& value) const {
    if (value.IsMap() && option.value == "SPEC") return spec_of(key, value);
    if (!value.IsScalar()) refuse(value, fmt::format("{} must be a text or a number", key));
    const std::string text = value.Scalar();
    if (option.value != "FILE" && option.value != "DIR") return text;
    const std::filesystem::path path = file_.path().parent_path() / text;
    // A model may also be a name in the hub's cache, a template that of a form.
    const bool may_be_name = key == "model" || key == "prompt-template";
    return may_be_name && !std::filesystem::exists(path) ? text : path.lexically_normal().string();
  }

  // {name: raw-attention, layers: -2, as: x}
  std::string spec_of(const std::string& key, const YAML::Node& map) const {
    std::string name, settings;
    std::set<std::string> seen;
    for (const auto& entry : map) {
      const YAML::Node &setting = entry.first, &value = entry.second;
      refuse_merge(setting);
      if (!setting.IsScalar() || !value.IsScalar())
        refuse(map, fmt::format("{} must be a SPEC, or a map of a name and options", key));
      if (!seen.insert(setting.Scalar()).second) refuse(setting, fmt::format("{} is there twice", setting.Scalar()));
      const std::string text = value.Scalar();
      if (text.find('"') != std::string::npos) refuse(value, fmt::format("{} holds a double quote", setting.Scalar()));
      if (setting.Scalar() == "name") {
        name = text;
      } else {
        settings += fmt::format("{}{}=\"{}\"", settings.empty() ? ":" : ",", setting.Scalar(), text);
      }
    }
    if (name.empty()) refuse(map, fmt::format("{} has no name: write name: raw-attention", key));
    return name + settings;
  }

  // The option's own opinion about its values.
  void check(const std::vector<std::string>& words, const YAML::Node& at) const {
    Grammar grammar;
    for (CLI::Option* option : grammar.verbs.at(verb_)->get_options()) option->required(false);
    std::vector<std::string> line{verb_};
    line.insert(line.end(), words.begin(), words.end());
    std::reverse(line.begin(), line.end());
    try {
      grammar.app.parse(std::move(line));
    } catch (const CLI::ParseError& error) {
      refuse(at, error.what());
    }
  }

  const YamlFile& file_;
  const std::vector<std::string>& given_;
  const std::string verb_;
  bool (*takes_)(const std::string& key);
};

// `name:key="value",...`; no value holds a double quote (options/spec.hpp).
std::string spec_text(const options::Spec& spec) {
  std::string text = spec.name;
  char separator = ':';
  const auto add = [&](const std::string& key, const std::string& value) {
    const bool quoted = value.find(',') != std::string::npos;
    text += fmt::format("{}{}={}", std::exchange(separator, ','), key, quoted ? '"' + value + '"' : value);
  };
  for (const auto& [key, value] : spec.settings) add(key, value);
  if (spec.label != spec.name) add("as", spec.label);
  return text;
}

class Writer {
 public:
  Writer() { out_ << YAML::BeginMap; }
  std::string text() {
    out_ << YAML::EndMap;
    return std::string(out_.c_str()) + "\n";
  }

  void text(const char* key, const std::string& value) {
    if (!value.empty()) put(key) << YAML::DoubleQuoted << value;
  }
  void text(const char* key, const std::optional<std::string>& value) {
    if (value) put(key) << YAML::DoubleQuoted << *value;
  }
  void path(const char* key, const std::filesystem::path& value) { text(key, value.string()); }
  template <class Number>
  void number(const char* key, Number value) {
    if (value != 0) put(key) << value;
  }
  template <class Number>
  void number(const char* key, const std::optional<Number>& value) {
    if (value) put(key) << *value;
  }
  void flag(const char* key, bool value) {
    if (value) put(key) << true;
  }
  void list(const char* key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    put(key) << YAML::BeginSeq;
    for (const std::string& value : values) out_ << YAML::DoubleQuoted << value;
    out_ << YAML::EndSeq;
  }

 private:
  YAML::Emitter& put(const char* key) { return out_ << YAML::Key << key << YAML::Value; }
  YAML::Emitter out_;
};

std::vector<std::string> spec_texts(const std::vector<options::Spec>& specs) {
  std::vector<std::string> texts;
  for (const options::Spec& spec : specs) texts.push_back(spec_text(spec));
  return texts;
}

void put_retrieval(Writer& out, const run::Retrieval& retrieval) {
  out.text("query", retrieval.query);
  out.path("query-image", retrieval.query_image);
  out.path("queries", retrieval.queries);
  out.list("caption", retrieval.captions);
  out.path("candidates", retrieval.candidates);
  out.text("prompt-template", retrieval.prompt);
  out.text("maps", std::string(retrieval.maps_of_query ? "both" : "candidate"));
}

void put_checks(Writer& out, const sanity::Settings& settings) {
  out.text("checks", sanity::text_of(settings.checks));
  out.number("stages", settings.stages);
  out.number("threshold", std::optional(settings.threshold));
}

}  // namespace

ConfigWords words_of_config(const std::filesystem::path& file, const std::vector<std::string>& given) {
  const YamlFile yaml(file, "--config");
  if (is_lavis_config(yaml)) return words_of_lavis_config(yaml, given);
  const auto takes = [](const std::string& key) { return key != "help" && key != "config"; };
  return {Reader(yaml, given, takes).words(), {}};
}

std::vector<std::string> words_of_preset(const std::filesystem::path& file, const std::vector<std::string>& given) {
  const auto takes = [](const std::string& key) {
    return key == "method" || key == "render" || key == "prompt" || key == "prompt-template" || key == "system" ||
           key == "max-new-tokens" || key == "min-pixels" || key == "max-pixels";
  };
  return Reader(YamlFile(file, "--preset"), given, takes).words();
}

std::string config_text(const run::Request& request, const std::vector<std::filesystem::path>& plugin_path) {
  Writer out;
  out.path("model", request.model);
  out.list("image", request.images);
  out.list("prompt", request.prompts);
  out.flag("together", request.together);
  out.text("answer", request.answer);
  out.text("system", request.system);
  out.text("prompt-template", request.prompt_template);
  out.path("messages", request.messages);
  out.path("dataset", request.dataset);
  out.path("image-dir", request.image_dir);
  out.list("category", request.categories);
  out.number("limit", request.limit);
  out.number("sample-index", request.sample_index);
  if (request.retrieval) put_retrieval(out, *request.retrieval);
  if (request.sanity) put_checks(out, *request.sanity);
  out.list("method", spec_texts(request.methods));
  out.list("render", spec_texts(request.renders));
  if (request.faithfulness) out.text("faithfulness", faithfulness::text_of(*request.faithfulness));
  std::vector<std::string> knockouts;
  for (const knockout::Settings& knockout : request.knockouts) knockouts.push_back(knockout.text);
  out.list("knockout", knockouts);
  if (!request.adapter.name.empty()) out.text("adapter", spec_text(request.adapter));
  if (!request.out.empty()) out.path("out", std::filesystem::absolute(request.out).lexically_normal());
  std::vector<std::string> folders;
  for (const std::filesystem::path& folder : plugin_path) folders.push_back(std::filesystem::absolute(folder).string());
  out.list("plugin-path", folders);
  out.text("device", request.device);
  out.text("dtype", request.dtype);
  out.number("threads", request.threads);
  out.number("seed", request.seed);
  out.flag("do-sample", request.generation.draws);
  out.number("temperature", request.generation.temperature);
  out.number("top-k", request.generation.top_k);
  out.number("top-p", request.generation.top_p);
  out.number("repetition-penalty", request.generation.repetition_penalty);
  out.list("stop", request.generation.stop_strings);
  out.number("max-new-tokens", request.max_new_tokens);
  out.number("min-pixels", request.min_pixels);
  out.number("max-pixels", request.max_pixels);
  out.number("memory-limit", request.memory_limit);
  return out.text();
}

}  // namespace ocellus::cli
