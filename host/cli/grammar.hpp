// What may stand on a command line: the verbs and their options, as CLI11 parses them, and as words for completion, the
// manual page and configuration files.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/cli/command_line.hpp"

namespace ocellus::cli {

// What CLI11 fills in before it is turned into a CommandLine.
struct RawWords {
  std::vector<std::string> methods, renders, knockouts, outs, plugin_path;
  std::string model, out, adapter, messages, dataset, image_dir, json_lines, config, preset, shard, faithfulness;
  run::Retrieval retrieval;  // of rank; its paths are those below
  std::string query_image, queries, candidates, maps = "candidate", prefix = "attention";
  std::string checks;  // of sanity
  int64_t stages = sanity::default_stages;
  double threshold = sanity::default_threshold;
  int64_t top = 0;  // of rank; 0 = no contact sheet
  int64_t limit = -1, sample_index = -1, max_new_tokens = -1;
  uint64_t memory_limit = 0;
};

// Parses into itself. Not movable: CLI11 keeps pointers to its members.
struct Grammar {
  Grammar();
  Grammar(const Grammar&) = delete;

  CLI::App app;
  std::map<std::string, CLI::App*> verbs;                          // by words: "run", "plugins list", ...
  std::map<const CLI::Option*, std::vector<std::string>> choices;  // of options that take one of a few words
  CommandLine line;
  RawWords raw;
};

// Is it a verb that runs a model over samples, with the options of `run`?
bool is_run(std::string_view verb);

struct OptionWords {
  std::string name;   // "--model"; without dashes where it stands by place
  std::string value;  // "DIR", "N", ...; empty for a flag
  std::string help;
  bool repeatable = false;
  std::vector<std::string> choices;  // empty: any value; filled by words_of(grammar) only
};

struct VerbWords {
  std::string name;  // "plugins list"
  std::string help;
  std::vector<OptionWords> options;
};

OptionWords words_of(const CLI::Option& option);
std::vector<VerbWords> words_of(const Grammar& grammar);

}  // namespace ocellus::cli
