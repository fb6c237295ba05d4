/* Built when a plugin's descriptor had one more field, and does not use it. */
#include "package.h"

static const struct {
  oc_plugin known;
  const char* future;
} method = {{.struct_size = sizeof(oc_plugin) + sizeof(char*),
             .id = "longer",
             .kind = OC_KIND_METHOD,
             .summary = "from a newer SDK",
             .table = &hostile_table},
            NULL};
static const oc_plugin* const plugins[] = {&method.known};
static const oc_package package = HOSTILE_PACKAGE("org.example.longer", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
