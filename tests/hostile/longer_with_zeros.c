/* Built when a plugin's descriptor had one more field, and does not use it. */
#include "package.h"

static const struct {
  oc_plugin known;
  const char* future;
} method = {{sizeof(oc_plugin) + sizeof(char*), 0, "longer", OC_KIND_METHOD, "from a newer SDK", &hostile_table, NULL,
             NULL, NULL, NULL, NULL, NULL},
            NULL};
static const oc_plugin* const plugins[] = {&method.known};
static const oc_package package = HOSTILE_PACKAGE("org.example.longer", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
