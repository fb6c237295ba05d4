#include <fmt/format.h>
#include <utf8proc.h>

#include "host/cli/exit_code.hpp"
#include "host/cli/grammar.hpp"
#include "host/cli/presets.hpp"
#include "host/cli/verbs.hpp"
#include "host/options/values.hpp"
#include "host/version.hpp"

// The manual page as roff with the macros of man(7), made of what the command line and the plugins say of themselves.
namespace ocellus::cli {
namespace {

using registry::Kind;

// Text for roff: no control character at the start of a line, no escape, no hyphen that is read as a dash, and what is
// not ASCII by its code point, as groff reads ASCII alone unless it is told.
std::string roff(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      utf8proc_int32_t code = -1;
      const utf8proc_ssize_t length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + i,
                                                       static_cast<utf8proc_ssize_t>(text.size() - i), &code);
      out += length > 0 ? fmt::format("\\[u{:04X}]", code) : "?";
      if (length > 0) i += static_cast<size_t>(length) - 1;
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '\n') {
      out += ' ';
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return !out.empty() && (out.front() == '.' || out.front() == '\'') ? "\\&" + out : out;
}

void print_options(const VerbWords& verb) {
  for (const OptionWords& option : verb.options) {
    fmt::print(".TP\n\\fB{}\\fR{}\n{}\n", roff(option.name),
               option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(option.value)), roff(option.help));
  }
}

void print_plugins(const registry::Registry& registry) {
  for (const Kind kind : {Kind::model, Kind::method, Kind::renderer}) {
    for (const registry::PluginRecord* plugin : registry.all(kind)) {
      fmt::print(".SS {} {}\n{}\n", registry::kind_name(kind), roff(plugin->id), roff(plugin->summary));
      for (const registry::ParamRecord& param : plugin->params) {
        fmt::print(".TP\n\\fB{}\\fR=\\fI{}\\fR\n{} [{}]\n", roff(param.key), roff(options::type_name(param)),
                   roff(param.help), roff(param.default_text));
      }
    }
  }
}

}  // namespace

int man_verb(const CommandLine& line, const Paths& paths) {
  const registry::Registry registry = open_registry(line, paths);
  fmt::print(
      ".TH OCELLUS 1 \"\" \"ocellus {}\" \"User Commands\"\n"
      ".SH NAME\nocellus \\- shows what a vision\\-language model looks at\n"
      ".SH SYNOPSIS\n.B ocellus\n.I command\n.RI [ options ]\n.SH COMMANDS\n",
      version);
  for (const VerbWords& verb : words_of(Grammar())) {
    fmt::print(".SS ocellus {}\n{}\n", roff(verb.name), roff(verb.help));
    print_options(verb);
  }
  fmt::print(
      ".SH PLUGINS\nMethods and renderers are asked for by a SPEC: \\fIname\\fR or "
      "\\fIname\\fR:\\fIkey\\fR=\\fIvalue\\fR,\\fIkey\\fR=\\fIvalue\\fR.\n");
  print_plugins(registry);
  fmt::print(".SH PRESETS\nNames for \\fB\\-\\-preset\\fR.\n");
  for (const Preset& preset : presets_in(paths.presets))
    fmt::print(".TP\n.B {}\n{}\n", roff(preset.name), roff(preset.summary));
  fmt::print(".SH EXIT STATUS\n");
  for (const auto& [code, meaning] : {std::pair{exit_ok, "done"},
                                      {exit_some_failed, "some samples failed; they are listed"},
                                      {exit_usage, "the command line is wrong"},
                                      {exit_bad_input, "the model or the data set is at fault"},
                                      {exit_unsupported, "a combination that cannot be"},
                                      {exit_memory, "over the memory limit"},
                                      {exit_write, "a result cannot be written"},
                                      {exit_plugin, "a plugin misbehaved"},
                                      {exit_interrupted, "interrupted"}}) {
    fmt::print(".TP\n.B {}\n{}\n", code, meaning);
  }
  fmt::print(
      ".SH ENVIRONMENT\n.TP\n.B OCELLUS_PLUGIN_PATH\nfolders with further plugins, joined by colons\n"
      ".TP\n.B HF_HUB_CACHE, HF_HOME\nwhere the hub's cache is, for models written as org/name\n");
  return exit_ok;
}

}  // namespace ocellus::cli
