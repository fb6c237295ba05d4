/* Two methods of one name. */
#include "package.h"

static const oc_plugin first = HOSTILE_METHOD("twin"), second = HOSTILE_METHOD("twin");
static const oc_plugin* const plugins[] = {&first, &second};
static const oc_package package = HOSTILE_PACKAGE("org.example.twins", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
