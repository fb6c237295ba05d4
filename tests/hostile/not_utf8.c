/* Its summary is Latin-1. */
#include "package.h"

static const oc_plugin method = {
    sizeof(oc_plugin), 0, "latin", OC_KIND_METHOD, "caf\xe9", &hostile_table, NULL, NULL, NULL, NULL, NULL, NULL};
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.latin", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
