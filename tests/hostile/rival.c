/* Another package with a method of good.c's name. */
#include "package.h"

static const oc_plugin method = HOSTILE_METHOD("still-life");
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.rival", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
