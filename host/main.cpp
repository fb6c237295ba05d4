// ocellus: the program. Finds plugins, parses the command line, runs one verb.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <ocellus/sdk/error.hpp>

#include "host/cli/command_line.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/one_line.hpp"
#include "host/cli/presets.hpp"
#include "host/cli/verbs.hpp"
#include "host/registry/scan.hpp"
#include "host/registry/search_path.hpp"
#include "host/run/interrupt.hpp"

namespace ocellus::cli {
namespace {

Paths find_paths() {
  Paths paths;
  paths.program = registry::current_program();
  paths.media = registry::library_folder(paths.program) / "ocellus_media.so";
  paths.demo = shipped(paths.program, "demo");
  paths.presets = shipped(paths.program, "presets");
  return paths;
}

void open_log(const std::string& level) {
  auto log = spdlog::stderr_logger_mt("ocellus");
  log->set_pattern("%l: %v");
  log->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(log));
}

int print_help(const CommandLine& line, const Paths& paths) {
  fmt::print("{}", line.text);
  if (line.text_wants_plugins) fmt::print("{}", plugin_help(paths.program, line.plugin_path));
  return exit_ok;
}

int dispatch(const CommandLine& line, const Paths& paths) {
  switch (line.verb) {
    case Verb::none:
      return print_help(line, paths);
    case Verb::run:
      return run_verb(line, paths);
    case Verb::rank:
      return rank_verb(line, paths);
    case Verb::sanity:
      return sanity_verb(line, paths);
    case Verb::merge:
      return merge_verb(line, paths);
    case Verb::render:
      return render_verb(line, paths);
    case Verb::plugins_list:
      return plugins_list_verb(line, paths);
    case Verb::plugins_show:
      return plugins_show_verb(line, paths);
    case Verb::inspect:
      return inspect_verb(line, paths);
    case Verb::tokenize:
      return tokenize_verb(line, paths);
    case Verb::demo:
      return demo_verb(line, paths);
    case Verb::completion:
      return completion_verb(line, paths);
    case Verb::man:
      return man_verb(line, paths);
  }
  return exit_usage;
}

int guarded_main(int argc, char** argv) {
  try {
    const CommandLine line = parse_command_line(argc, argv);
    open_log(line.log_level);
    run::watch_for_interrupts();
    return dispatch(line, find_paths());
  } catch (const Error& error) {
    if (error.status() == OC_E_CANCELLED) {
      fmt::print(stderr, "ocellus: interrupted\n");
    } else {
      fmt::print(stderr, "ocellus: {}\n", one_line(error.what()));
    }
    return exit_code(error.status());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "ocellus: out of memory\n");
    return exit_memory;
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "ocellus: {}\n", error.what());
    return exit_write;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ocellus: this is a mistake of the program: {}\n", error.what());
    return exit_plugin;
  }
}

}  // namespace
}  // namespace ocellus::cli

int main(int argc, char** argv) {
  // Plugins bring OpenMP runtimes that read this when they are loaded. Their default spins for milliseconds at every
  // barrier, which on a machine that is busy otherwise made a run three times as long (measured 13 s against 4 s).
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", "10000", 0);
  if (argc == 3 && std::strcmp(argv[1], ocellus::registry::scan_argument) == 0)
    ocellus::registry::scan_plugin_main(argv[2]);
  const int code = ocellus::cli::guarded_main(argc, argv);
  std::fflush(nullptr);
#ifdef __SANITIZE_ADDRESS__
  return code;  // the search for leaks begins behind main
#else
  // Everything that was ours is closed by now. What is left are the static objects of plugins' runtimes: libtorch takes
  // a tenth of a short run to take its operators apart one by one.
  std::_Exit(code);
#endif
}
