/* Says that it links one libtorch. */
#include "package.h"

static const oc_plugin method = HOSTILE_METHOD("old-torch");
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.torch-2-6", "libtorch/2.6.0", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
