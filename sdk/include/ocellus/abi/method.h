/* The table of a method plugin. One instance serves one SPEC of the command line for the whole run, sample by
 * sample: plan, captures, finish. */
#ifndef OCELLUS_ABI_METHOD_H
#define OCELLUS_ABI_METHOD_H

#include "artifact.h"
#include "base.h"
#include "package.h"
#include "probe.h"

typedef struct oc_method_1 {
  uint32_t struct_size, reserved;
  oc_status (*create)(const oc_host*, const oc_options*, void** self) OC_NOEXCEPT;
  void (*destroy)(void* self) OC_NOEXCEPT;
  /* Begins a sample, forgetting whatever the one before left unfinished. The layout is readable. */
  oc_status (*plan)(void* self, const oc_run*, oc_plan*) OC_NOEXCEPT;
  oc_status (*capture)(void* self, const oc_run*, const oc_capture*) OC_NOEXCEPT;
  /* Ends a sample: commits artifacts. The layout now includes the answer. */
  oc_status (*finish)(void* self, const oc_run*) OC_NOEXCEPT;
} oc_method_1;

#endif
