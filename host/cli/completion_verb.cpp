#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ocellus/abi/options.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "host/cli/exit_code.hpp"
#include "host/cli/grammar.hpp"
#include "host/cli/presets.hpp"
#include "host/cli/verbs.hpp"

// Every script brings a table of words, written out here: no program runs when a key is pressed.
namespace ocellus::cli {
namespace {

using registry::Kind;
using Words = std::vector<std::string>;

constexpr const char* files = "@files";  // stands for the names of files

// What may be written, by what stands before it:
//   "ocellus run"               options and places of a verb; of "ocellus" and "ocellus plugins" also the next word
//   "--dtype"                   values of an option, none if they cannot be listed
//   "--method raw-attention"    keys of a SPEC, "layers="
//   "--method raw-attention layers"    their values
using Table = std::map<std::string, Words>;

Words values_of(const registry::ParamRecord& param) {
  Words values;
  for (const auto& [choice, help] : param.choices) values.push_back(choice);
  switch (param.type) {
    case OC_PARAM_BOOL:
      return {"on", "off"};
    case OC_PARAM_INDEX_SET:
      return {"all", "early", "middle", "late", "auto"};
    case OC_PARAM_QUERY:
      return {"last", "answer", "generated", "question"};
    default:
      return values;
  }
}

void add_specs(Table& table, const std::string& option, Kind kind, const registry::Registry& registry) {
  for (const registry::PluginRecord* plugin : registry.all(kind)) {
    table[option].push_back(plugin->id);
    table["ocellus plugins show"].push_back(plugin->id);
    const std::string spec = option + " " + plugin->id;
    if (kind != Kind::model) {
      table[spec] = {"as="};
      table[spec + " as"];
    }
    for (const registry::ParamRecord& param : plugin->params) {
      table[spec].push_back(param.key + "=");
      table[spec + " " + param.key] = values_of(param);
    }
  }
}

Table table_of(const registry::Registry& registry) {
  Table table;
  const auto add = [](Words& to, const std::string& word) {
    if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(word);
  };
  table["ocellus"] = {"--help", "--version"};
  for (const VerbWords& verb : words_of(Grammar())) {
    Words& words = table["ocellus " + verb.name];
    const size_t space = verb.name.rfind(' ');
    add(table[space == std::string::npos ? "ocellus" : "ocellus " + verb.name.substr(0, space)],
        verb.name.substr(space + 1));
    for (const OptionWords& option : verb.options) {
      const bool is_named = option.name.starts_with("--");
      if (is_named) words.push_back(option.name);
      if (!is_named) words.insert(words.end(), option.choices.begin(), option.choices.end());
      const bool is_path = option.value == "FILE" || option.value == "DIR";
      if (!is_named && is_path) words.push_back(files);
      if (!is_named || option.value.empty()) continue;
      table[option.name] = is_path ? Words{files} : option.choices;
    }
  }
  add_specs(table, "--adapter", Kind::model, registry);
  add_specs(table, "--method", Kind::method, registry);
  add_specs(table, "--render", Kind::renderer, registry);
  return table;
}

// _ocellus_words BEFORE prints the words that may follow, and fails where nothing is known. For bash and zsh.
void print_words_function(const Table& table) {
  fmt::print("_ocellus_words() {{\n  case $1 in\n");
  for (const auto& [before, words] : table) fmt::print("    '{}') echo '{}' ;;\n", before, fmt::join(words, " "));
  fmt::print("    *) return 1 ;;\n  esac\n}}\n");
}

constexpr const char* bash_function = R"(
_ocellus() {
  local line=${COMP_LINE:0:COMP_POINT} before verb from list prefix
  local start=${line##*[[:space:]]}
  read -r -a before <<< "${line%"$start"}"
  start=${start#[\"\']}
  from=${before[${#before[@]}-1]}
  if [[ $start == --*=* ]]; then
    from=${start%%=*} start=${start#*=}
  fi
  if [[ $from != --* || $start == --* ]] || ! list=$(_ocellus_words "$from"); then
    verb="ocellus ${before[1]}"
    [[ ${before[1]} == plugins && -n ${before[2]} ]] && verb+=" ${before[2]}"
    (( ${#before[@]} == 1 )) && verb=ocellus
    list=$(_ocellus_words "$verb")
  elif [[ $start == *:* ]] && _ocellus_words "$from ${start%%:*}" > /dev/null; then
    from+=" ${start%%:*}" start=${start#*:} start=${start##*,}
    if [[ $start == *=* ]]; then
      from+=" ${start%%=*}" start=${start#*=} start=${start##*+}
    fi
    list=$(_ocellus_words "$from")
  fi
  # What readline replaces is shorter or longer than the value: it breaks words at ':' and '=', but not at ','.
  prefix=${COMP_WORDS[COMP_CWORD]#[\"\']}
  [[ $prefix == [:=] ]] && prefix=
  prefix=${prefix%"$start"}
  COMPREPLY=($(compgen -P "$prefix" -W "${list//@files/}" -- "$start"))
  if [[ $list == *@files* && $start != -* ]]; then
    compopt -o filenames
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -P "$prefix" -f -- "$start")
  fi
  [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -F _ocellus ocellus
)";

constexpr const char* zsh_function = R"(
_ocellus() {
  local from list
  from=$words[CURRENT-1]
  if [[ $PREFIX == --*=* ]]; then
    from=${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ $from != --* || $PREFIX == --* ]] || ! list=$(_ocellus_words $from); then
    from="ocellus $words[2]"
    [[ $words[2] == plugins ]] && (( CURRENT > 3 )) && from="ocellus plugins $words[3]"
    (( CURRENT == 2 )) && from=ocellus
    list=$(_ocellus_words $from)
  elif [[ $PREFIX == *:* ]] && _ocellus_words "$from ${PREFIX%%:*}" > /dev/null; then
    from+=" ${PREFIX%%:*}"
    compset -P '[^:]#:'
    compset -P '*,'
    if [[ $PREFIX == *=* ]]; then
      from+=" ${PREFIX%%=*}"
      compset -P '[^=]#='
      compset -P '*+'
    fi
    list=$(_ocellus_words $from)
  fi
  local -a ready open
  local none=1
  ready=(${${=list}:#(@files|*=)})
  open=(${(M)${=list}:#*=})
  compadd -a ready && none=0
  compadd -S '' -a open && none=0
  [[ $list == *@files* ]] && _files && none=0
  return none
}
)";

std::string quoted_for_fish(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return out + "'";
}

// fish asks for whole values: those of a SPEC are written out with its name and one key.
Words whole_values(const Table& table, const std::string& option) {
  Words all;
  for (const std::string& value : table.at(option)) {
    if (value == files) continue;
    all.push_back(value);
    const auto keys = table.find(option + " " + value);
    if (keys == table.end()) continue;
    for (const std::string& key : keys->second) {
      all.push_back(value + ":" + key);
      const std::string bare = key.substr(0, key.size() - 1);
      for (const std::string& of : table.at(keys->first + " " + bare)) all.push_back(value + ":" + key + of);
    }
  }
  return all;
}

void print_fish(const Table& table) {
  fmt::print("# fish completion for ocellus: put it as ocellus.fish into ~/.config/fish/completions\n");
  fmt::print("complete -c ocellus -f\n");
  for (const VerbWords& verb : words_of(Grammar())) {
    const size_t space = verb.name.find(' ');
    const std::string first = verb.name.substr(0, space), second = verb.name.substr(std::min(space, verb.name.size()));
    if (second.empty()) {
      fmt::print("complete -c ocellus -n __fish_use_subcommand -a {} -d {}\n", first, quoted_for_fish(verb.help));
    } else {
      fmt::print("complete -c ocellus -n '__fish_seen_subcommand_from {}' -a {} -d {}\n", first, second.substr(1),
                 quoted_for_fish(verb.help));
    }
    const std::string here =
        fmt::format("complete -c ocellus -n '__fish_seen_subcommand_from {}'",
                    second.empty() ? first : fmt::format("{}; and __fish_seen_subcommand_from{}", first, second));
    for (const OptionWords& option : verb.options) {
      const bool is_path = option.value == "FILE" || option.value == "DIR";
      if (!option.name.starts_with("--")) {
        if (is_path) fmt::print("{} -F\n", here);
        if (!option.choices.empty()) fmt::print("{} -a '{}'\n", here, fmt::join(option.choices, " "));
        continue;
      }
      fmt::print("{} -l {} -d {}", here, option.name.substr(2), quoted_for_fish(option.help));
      if (!option.value.empty()) {
        const Words values = whole_values(table, option.name);
        fmt::print("{}", is_path ? " -r -F" : " -x");
        if (!values.empty()) fmt::print(" -a '{}'", fmt::join(values, " "));
      }
      fmt::print("\n");
    }
    if (verb.name == "plugins show") {
      Words ids = table.at("ocellus plugins show");
      std::erase_if(ids, [](const std::string& word) { return word.starts_with("--"); });
      fmt::print("{} -a '{}'\n", here, fmt::join(ids, " "));
    }
  }
}

}  // namespace

int completion_verb(const CommandLine& line, const Paths& paths) {
  Table table = table_of(open_registry(line, paths));
  for (const Preset& preset : presets_in(paths.presets)) table["--preset"].push_back(preset.name);
  if (line.shell == "fish") {
    print_fish(table);
  } else if (line.shell == "zsh") {
    fmt::print("#compdef ocellus\n# zsh completion for ocellus: put it as _ocellus into a folder of $fpath\n");
    print_words_function(table);
    fmt::print("{}_ocellus \"$@\"\n", zsh_function);
  } else {
    fmt::print("# bash completion for ocellus: source it, for example by `source <(ocellus completion bash)`\n");
    print_words_function(table);
    fmt::print("{}", bash_function);
  }
  return exit_ok;
}

}  // namespace ocellus::cli
