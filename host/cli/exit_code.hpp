// Exit codes of the program (docs/output.md).
#pragma once

#include <ocellus/abi/base.h>

namespace ocellus::cli {

constexpr int exit_ok = 0;
constexpr int exit_some_failed = 1;
constexpr int exit_usage = 2;
constexpr int exit_bad_input = 3;
constexpr int exit_unsupported = 4;
constexpr int exit_memory = 5;
constexpr int exit_write = 6;
constexpr int exit_plugin = 7;
constexpr int exit_interrupted = 130;

constexpr int exit_code(oc_status status) {
  switch (status) {
    case OC_OK:
      return exit_ok;
    case OC_E_OPTION:
      return exit_usage;
    case OC_E_UNSUPPORTED:
      return exit_unsupported;
    case OC_E_CANCELLED:
      return exit_interrupted;
    case OC_E_MEMORY:
      return exit_memory;
    case OC_E_WRITE:
      return exit_write;
    case OC_E_SAMPLE:
      return exit_some_failed;
    case OC_E_MODEL:
      return exit_bad_input;
    default:
      return exit_plugin;
  }
}

}  // namespace ocellus::cli
