/* Built when a plugin's descriptor ended after `table`: the rest counts as zero. What follows in memory is not read. */
#include "package.h"

static const struct {
  uint32_t struct_size, reserved;
  const char *id, *kind, *summary;
  const void* table;
  const void* not_ours[5];
} method = {offsetof(oc_plugin, params),
            0,
            "short",
            OC_KIND_METHOD,
            "from an older SDK",
            &hostile_table,
            {(const void*)1, (const void*)1, (const void*)1, (const void*)1, (const void*)1}};
static const oc_plugin* const plugins[] = {(const oc_plugin*)&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.short", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
