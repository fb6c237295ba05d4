/* Its summary is Latin-1. */
#include "package.h"

static const oc_plugin method = {.struct_size = sizeof(oc_plugin),
                                 .id = "latin",
                                 .kind = OC_KIND_METHOD,
                                 .summary = "caf\xe9",
                                 .table = &hostile_table};
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.latin", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
