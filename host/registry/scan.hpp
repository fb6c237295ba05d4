// Describes package libraries in child processes, so that one that crashes, hangs or ends its process harms nothing.
#pragma once

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "host/registry/records.hpp"

namespace ocellus::registry {

// Generous because opening a libtorch plugin for the first time reads hundreds of megabytes.
inline constexpr std::chrono::milliseconds scan_limit{10'000};

// A file that is no usable package, and why.
struct Refusal {
  std::filesystem::path path;
  std::string reason;  // one clause: "it wants host ABI 0.9, this is 0.1: update ocellus"
  // It did not answer in time, which may be the machine's fault: another scan may take it.
  bool timed_out = false;
};

using ScanResult = std::variant<PackageRecord, Refusal>;

// Runs `program --scan-plugin FILE` for each absolute path, a few at a time; results in the order of `libraries`.
// Never throws for what a library does. Throws Error(OC_E_INTERNAL) if the program cannot be started.
std::vector<ScanResult> scan(const std::filesystem::path& program, std::span<const std::filesystem::path> libraries,
                             std::chrono::milliseconds limit = scan_limit);

// The child's side, for main(): writes one line of JSON to the standard output and ends the process without running
// destructors, which are the library's.
[[noreturn]] void scan_plugin_main(const char* library);

// The argument that main() answers with scan_plugin_main.
inline constexpr const char* scan_argument = "--scan-plugin";

}  // namespace ocellus::registry
