// An exception leaves a static initialiser, which ends the process.
#include <ocellus/abi.h>

#include <stdexcept>
#include <string>

namespace {
std::string name() {
  throw std::runtime_error("nobody catches this");
}
const std::string made_at_load = name();
}  // namespace

OC_EXPORT const oc_package* ocellus_package_v0(void);
const oc_package* ocellus_package_v0(void) {
  return nullptr;
}
