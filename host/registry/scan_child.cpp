// The process that opens a library nobody knows yet.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "host/registry/describe.hpp"
#include "host/registry/library.hpp"
#include "host/registry/scan.hpp"

namespace ocellus::registry {
namespace {

std::string answer(const char* library) {
  nlohmann::json json;
  try {
    if (!has_entry(library))
      throw Error(OC_E_INTERNAL, "it has no symbol " OC_PACKAGE_ENTRY ": it is no ocellus plugin");
    // Kept until the process ends: what is described points into it.
    static const LoadedPackage loaded = load_package(library);
    json["package"] = describe(loaded.package);
    return json.dump() + "\n";
  } catch (const nlohmann::json::exception&) {
    json = {{"refused", "its texts are not UTF-8"}};
  } catch (const std::exception& error) {
    json = {{"refused", error.what()}};
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

void scan_plugin_main(const char* library) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // What the library prints while it is opened must not get into the answer.
  const int out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);

  const std::string line = answer(library);
  size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = ::write(out, line.data() + written, line.size() - written);
    if (n <= 0) break;
    written += static_cast<size_t>(n);
  }
  ::_exit(written == line.size() ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace ocellus::registry
