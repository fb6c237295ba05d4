// Opening package libraries.
#pragma once

#include <ocellus/abi/package.h>

#include <filesystem>
#include <memory>

namespace ocellus::registry {

// Whether the library exports OC_PACKAGE_ENTRY, read from the file; none of its code runs. Throws Error(OC_E_INTERNAL)
// if the file is no shared library.
bool has_entry(const std::filesystem::path& library);

// A package whose code is in this process, for as long as the process lives: glibc never unmaps it (RTLD_NODELETE).
struct LoadedPackage {
  std::shared_ptr<const void> handle;
  const oc_package* package;  // as its entry returned it, not yet checked
};

// Resolves every symbol now and shares none with others. Throws Error(OC_E_INTERNAL) with the linker's reason, or if
// the entry throws.
LoadedPackage load_package(const std::filesystem::path& library);

}  // namespace ocellus::registry
