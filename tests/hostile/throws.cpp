// An exception leaves its entry.
#include <ocellus/abi.h>

#include <stdexcept>

OC_EXPORT const oc_package* ocellus_package_v0(void);
const oc_package* ocellus_package_v0(void) {
  throw std::runtime_error("nobody catches this");
}
