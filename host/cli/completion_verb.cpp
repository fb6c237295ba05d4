#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/cli/exit_code.hpp"
#include "host/cli/grammar.hpp"
#include "host/cli/verbs.hpp"

// Every script asks a table of words that is written out here: no program runs when a key is pressed.
namespace ocellus::cli {
namespace {

using registry::Kind;

struct Table {
  std::vector<VerbWords> verbs;
  std::vector<std::string> first_words;  // of verbs
  std::map<std::string, std::vector<std::string>>
      specs;                                             // by option: "--method" -> names with ':' where options follow
  std::map<std::string, std::vector<std::string>> keys;  // by plugin: "layers=", ...
};

Table table_of(const registry::Registry& registry) {
  Table table{words_of(Grammar()), {}, {}, {}};
  for (const VerbWords& verb : table.verbs) {
    if (verb.name.find(' ') == std::string::npos) table.first_words.push_back(verb.name);
  }
  for (const auto& [option, kind] :
       {std::pair{"--method", Kind::method}, {"--render", Kind::renderer}, {"--adapter", Kind::model}}) {
    for (const registry::PluginRecord* plugin : registry.all(kind)) {
      table.specs[option].push_back(plugin->id);
      for (const registry::ParamRecord& param : plugin->params) table.keys[plugin->id].push_back(param.key + "=");
    }
  }
  return table;
}

std::vector<std::string> option_names(const VerbWords& verb) {
  std::vector<std::string> names;
  for (const OptionWords& option : verb.options) {
    if (option.name.starts_with("--")) names.push_back(option.name);
  }
  return names;
}

void print_bash(const Table& table) {
  fmt::print(R"(# bash completion for ocellus: put it where your shell looks, or `source <(ocellus completion bash)`
_ocellus() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}} words= start= spec=
  # ':' and '=' break words in most set-ups: take the whole SPEC from the line instead.
  local line=${{COMP_LINE:0:COMP_POINT}}
  local last=${{line##* }}
  local rest=${{line% *}}
  local option=${{rest##* }}
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W '{}' -- "$word"))
    return
  fi
  [[ $verb == plugins ]] && verb="plugins ${{COMP_WORDS[2]}}"
)",
             fmt::join(table.first_words, " "));
  fmt::print("  case $option in\n");
  for (const auto& [option, names] : table.specs) {
    fmt::print("    {})\n      spec=1\n      case $last in\n", option);
    for (const std::string& name : names) {
      const auto keys = table.keys.find(name);
      if (keys != table.keys.end()) fmt::print("        {}:*) words='{}' ;;\n", name, fmt::join(keys->second, " "));
    }
    fmt::print("        *) words='{}' ;;\n      esac ;;\n", fmt::join(names, " "));
  }
  fmt::print(
      "    --model|--image|--dataset|--messages|--config|--out|--image-dir|--map|--plugin-path|--json-lines)\n"
      "      COMPREPLY=($(compgen -f -- \"$last\"))\n      return ;;\n  esac\n");
  fmt::print(R"(  if [[ -n $spec ]]; then
    start=${{last##*[:,]}}
    COMPREPLY=($(compgen -W "$words" -- "$start"))
    [[ ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace 2>/dev/null
    return
  fi
  case $verb in
)");
  for (const VerbWords& verb : table.verbs) {
    if (verb.name == "plugins") continue;
    fmt::print("    '{}') words='{}' ;;\n", verb.name, fmt::join(option_names(verb), " "));
  }
  fmt::print(R"(    plugins*) words='list show' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$last"))
}}
complete -o default -F _ocellus ocellus
)");
}

// A text for a single-quoted word of zsh and fish.
std::string quoted(std::string text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

void print_zsh(const Table& table) {
  fmt::print(
      "#compdef ocellus\n# zsh completion for ocellus: put it as _ocellus into a folder of $fpath\n_ocellus() {{\n"
      "  local -a verbs specs\n  verbs=(\n");
  for (const VerbWords& verb : table.verbs) {
    if (verb.name.find(' ') == std::string::npos) fmt::print("    '{}:{}'\n", verb.name, quoted(verb.help));
  }
  fmt::print("  )\n  if (( CURRENT == 2 )); then _describe command verbs; return; fi\n  case $words[CURRENT-1] in\n");
  for (const auto& [option, names] : table.specs) {
    fmt::print("    {})\n      case $words[CURRENT] in\n", option);
    for (const std::string& name : names) {
      const auto keys = table.keys.find(name);
      if (keys == table.keys.end()) continue;
      fmt::print("        {}:*) compset -P '*[:,]'; specs=({}); compadd -S '' -a specs; return ;;\n", name,
                 fmt::join(keys->second, " "));
    }
    fmt::print("        *) specs=({}); compadd -a specs; return ;;\n      esac ;;\n", fmt::join(names, " "));
  }
  fmt::print(
      "    --model|--image|--dataset|--messages|--config|--out|--image-dir|--map|--plugin-path|--json-lines) "
      "_files; return ;;\n  esac\n  local verb=$words[2]\n  [[ $verb == plugins ]] && verb=\"plugins $words[3]\"\n"
      "  case $verb in\n");
  for (const VerbWords& verb : table.verbs) {
    if (verb.name == "plugins") continue;
    fmt::print("    '{}') specs=({}) ;;\n", verb.name, fmt::join(option_names(verb), " "));
  }
  fmt::print("    plugins*) specs=(list show) ;;\n  esac\n  compadd -a specs\n}}\n_ocellus \"$@\"\n");
}

void print_fish(const Table& table) {
  fmt::print(
      "# fish completion for ocellus: put it as ocellus.fish into ~/.config/fish/completions\n"
      "complete -c ocellus -f\n");
  for (const VerbWords& verb : table.verbs) {
    const size_t space = verb.name.find(' ');
    const std::string first = verb.name.substr(0, space);
    if (space == std::string::npos) {
      fmt::print("complete -c ocellus -n __fish_use_subcommand -a {} -d '{}'\n", first, quoted(verb.help));
    } else {
      fmt::print("complete -c ocellus -n '__fish_seen_subcommand_from {}' -a {} -d '{}'\n", first,
                 verb.name.substr(space + 1), quoted(verb.help));
    }
    for (const OptionWords& option : verb.options) {
      if (!option.name.starts_with("--")) continue;
      const bool is_file = option.value == "FILE" || option.value == "DIR";
      fmt::print("complete -c ocellus -n '__fish_seen_subcommand_from {}' -l {} -d '{}'{}", first,
                 option.name.substr(2), quoted(option.help),
                 option.value.empty() ? ""
                 : is_file            ? " -r -F"
                                      : " -x");
      const auto names = table.specs.find(option.name);
      if (names != table.specs.end()) {
        std::vector<std::string> specs;
        for (const std::string& name : names->second) {
          specs.push_back(name);
          const auto keys = table.keys.find(name);
          if (keys == table.keys.end()) continue;
          for (const std::string& key : keys->second) specs.push_back(fmt::format("{}:{}", name, key));
        }
        fmt::print(" -a '{}'", fmt::join(specs, " "));
      }
      fmt::print("\n");
    }
  }
}

}  // namespace

int completion_verb(const CommandLine& line, const Paths& paths) {
  const Table table = table_of(open_registry(line, paths));
  if (line.shell == "zsh") {
    print_zsh(table);
  } else if (line.shell == "fish") {
    print_fish(table);
  } else {
    print_bash(table);
  }
  return exit_ok;
}

}  // namespace ocellus::cli
