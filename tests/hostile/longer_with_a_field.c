/* Uses a field that this host does not know. */
#include "package.h"

static const struct {
  oc_plugin known;
  const char* future;
} method = {{.struct_size = sizeof(oc_plugin) + sizeof(char*),
             .id = "future",
             .kind = OC_KIND_METHOD,
             .summary = "from a newer SDK",
             .table = &hostile_table},
            "something that would be ignored"};
static const oc_plugin* const plugins[] = {&method.known};
static const oc_package package = HOSTILE_PACKAGE("org.example.future", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
