/* Says that it links another libtorch than torch_2_6.c. */
#include "package.h"

static const oc_plugin method = HOSTILE_METHOD("new-torch");
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.torch-2-13", "libtorch/2.13.0", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
