/* Uses a field that this host does not know. */
#include "package.h"

static const struct {
  oc_plugin known;
  const char* future;
} method = {{sizeof(oc_plugin) + sizeof(char*), 0, "future", OC_KIND_METHOD, "from a newer SDK", &hostile_table, NULL,
             NULL, NULL, NULL, NULL, NULL},
            "something that would be ignored"};
static const oc_plugin* const plugins[] = {&method.known};
static const oc_package package = HOSTILE_PACKAGE("org.example.future", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
