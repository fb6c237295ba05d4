/* A method without a table. */
#include "package.h"

static const oc_plugin method = {
    .struct_size = sizeof(oc_plugin), .id = "hollow", .kind = OC_KIND_METHOD, .summary = "has no table"};
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.hollow", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
