/* A method without a table. */
#include "package.h"

static const oc_plugin method = {
    sizeof(oc_plugin), 0, "hollow", OC_KIND_METHOD, "has no table", NULL, NULL, NULL, NULL, NULL, NULL, NULL};
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.hollow", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
