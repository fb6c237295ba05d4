/* A complete method in C that never does anything, for fixtures to spoil. */
#ifndef OCELLUS_TESTS_HOSTILE_PACKAGE_H
#define OCELLUS_TESTS_HOSTILE_PACKAGE_H

#include <ocellus/abi.h>

static oc_status hostile_create(const oc_host* host, const oc_options* options, void** self) {
  (void)options;
  *self = (void*)host;
  return OC_OK;
}
static void hostile_destroy(void* self) {
  (void)self;
}
static oc_status hostile_plan(void* self, const oc_run* run, oc_plan* plan) {
  (void)self, (void)run, (void)plan;
  return OC_OK;
}
static oc_status hostile_capture(void* self, const oc_run* run, const oc_capture* capture) {
  (void)self, (void)run, (void)capture;
  return OC_OK;
}
static oc_status hostile_finish(void* self, const oc_run* run) {
  (void)self, (void)run;
  return OC_OK;
}
static const oc_method_1 hostile_table = {
    sizeof(oc_method_1), 0, hostile_create, hostile_destroy, hostile_plan, hostile_capture, hostile_finish};

/* Initialisers for `oc_plugin` and `oc_package`. */
#define HOSTILE_METHOD(name)                                                                         \
  {                                                                                                  \
    .struct_size = sizeof(oc_plugin), .id = name, .kind = OC_KIND_METHOD, .summary = "does nothing", \
    .table = &hostile_table                                                                          \
  }
#define HOSTILE_PACKAGE(id, runtime, plugins)                                                                       \
  {                                                                                                                 \
    sizeof(oc_package), OC_ABI_MINOR, 1, sizeof(plugins) / sizeof((plugins)[0]), id, "1.0", "nobody", "Apache-2.0", \
        runtime, plugins                                                                                            \
  }

OC_EXPORT const oc_package* ocellus_package_v0(void);

#endif
