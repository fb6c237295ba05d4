// The command line: verbs, options, help. Knows no plugin by name; what plugins take comes from the registry.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/run/request.hpp"

namespace ocellus::cli {

struct Paths {
  std::filesystem::path program;  // absolute
  std::filesystem::path media;    // the picture library
  std::filesystem::path demo;     // the embedded demo; may not exist
  std::filesystem::path presets;  // the same
};

enum class Verb {
  none,
  run,
  rank,
  sanity,
  merge,
  render,
  plugins_list,
  plugins_show,
  inspect,
  tokenize,
  demo,
  completion,
  man
};

// Everything the user said.
struct CommandLine {
  Verb verb = Verb::none;
  std::string text;                 // for Verb::none: what to print, and that is all (help, version)
  bool text_wants_plugins = false;  // ... and the plugins' options after it
  std::vector<std::string> notes;   // to be told before anything is done
  run::Request request;
  std::vector<std::filesystem::path> plugin_path;
  bool json = false, quiet = false;
  bool stream = false;  // run
  std::string progress = "auto", log_level = "warn";
  std::vector<std::filesystem::path> outs;  // render, merge
  std::filesystem::path map;                // render: a map of one's own
  bool pairs = false;                       // plugins list
  std::string plugin_id;                    // plugins show; "" = all
  std::string shell;                        // completion
  std::vector<std::string> texts;           // tokenize
  std::filesystem::path json_lines;         // tokenize
};

// Throws Error(OC_E_OPTION) with one sentence, naming the nearest option or verb for an unknown one.
CommandLine parse_command_line(int argc, char** argv);

// The plugins' part of --help, appended to `text`.
std::string plugin_help(const std::filesystem::path& program, const std::vector<std::filesystem::path>& plugin_path);

}  // namespace ocellus::cli
