// One function a verb; each returns the exit code and throws Error for what stops it.
#pragma once

#include "host/cli/command_line.hpp"
#include "host/registry/registry.hpp"

namespace ocellus::cli {

int run_verb(const CommandLine& line, const Paths& paths);
int rank_verb(const CommandLine& line, const Paths& paths);
int sanity_verb(const CommandLine& line, const Paths& paths);
int merge_verb(const CommandLine& line, const Paths& paths);
int render_verb(const CommandLine& line, const Paths& paths);
int plugins_list_verb(const CommandLine& line, const Paths& paths);
int plugins_show_verb(const CommandLine& line, const Paths& paths);
int inspect_verb(const CommandLine& line, const Paths& paths);
int tokenize_verb(const CommandLine& line, const Paths& paths);
int demo_verb(const CommandLine& line, const Paths& paths);
int completion_verb(const CommandLine& line, const Paths& paths);
int man_verb(const CommandLine& line, const Paths& paths);

// The registry of this command line; its warnings go to stderr.
registry::Registry open_registry(const CommandLine& line, const Paths& paths);

}  // namespace ocellus::cli
