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

/* The second table of a method (oc_plugin.reduction): results over all samples of a run, from what is stored. An
 * instance is made when the samples are done, with the options of the method's SPEC, and serves one collection stage.
 * It sees the same records after a run that was interrupted, or that several machines did, as after one that was not,
 * and must make the same of them. */
/* clang-format off */
typedef struct oc_reduction_1 {
  uint32_t struct_size, reserved;
  oc_status (*create)(const oc_host*, const oc_options*, void** self) OC_NOEXCEPT;
  void (*destroy)(void* self) OC_NOEXCEPT;
  /* Once for each finished sample, in the order of the data set: what the method made of it. Of the sample, the record
   * service tells; there are no layout, no tokens and no model. */
  oc_status (*add)(void* self, const oc_run*, const oc_artifact* const* artifacts, size_t n) OC_NOEXCEPT;
  /* Once, after all samples; not at all if none is finished. Commits artifacts, as in oc_method_1.finish; they are of no
   * image (-1). */
  oc_status (*conclude)(void* self, const oc_run*) OC_NOEXCEPT;
} oc_reduction_1;
/* clang-format on */

#endif
