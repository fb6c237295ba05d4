/* The table of a renderer plugin. It sees stored artifacts only, so it never needs the model. */
#ifndef OCELLUS_ABI_RENDERER_H
#define OCELLUS_ABI_RENDERER_H

#include "artifact.h"
#include "base.h"
#include "package.h"

/* In oc_plugin.accepts: the renderer can also draw several samples together. It is then called once more when all
 * samples of a run are finished, and by `ocellus render` with those of all runs named: with no artifacts, but with
 * oc_samples_1.count > 0. With options that draw each sample by itself it has nothing to do there. Since 0.4. */
#define OC_ACCEPTS_SAMPLES "samples/1"

typedef struct oc_renderer_1 {
  uint32_t struct_size, reserved;
  oc_status (*create)(const oc_host*, const oc_options*, void** self) OC_NOEXCEPT;
  void (*destroy)(void* self) OC_NOEXCEPT;
  /* All artifacts whose type it accepts, in the order they were made: those of one sample, or, since 0.3, those that
   * collection stages made, of one run or of several to compare (oc_collection_1 tells). */
  oc_status (*render)(void* self, const oc_run*, const oc_artifact* const* artifacts, size_t n) OC_NOEXCEPT;
} oc_renderer_1;

#endif
