/* Wants a host that does not exist yet. */
#include "package.h"

static const oc_plugin method = HOSTILE_METHOD("tomorrow");
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = {sizeof(oc_package), 99,           99, 1,      "org.example.tomorrow", "1.0",
                                   "nobody",           "Apache-2.0", "", plugins};

const oc_package* ocellus_package_v0(void) {
  return &package;
}
