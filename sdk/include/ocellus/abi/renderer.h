/* The table of a renderer plugin. It sees stored artifacts only, so it never needs the model. */
#ifndef OCELLUS_ABI_RENDERER_H
#define OCELLUS_ABI_RENDERER_H

#include "artifact.h"
#include "base.h"
#include "package.h"

typedef struct oc_renderer_1 {
  uint32_t struct_size, reserved;
  oc_status (*create)(const oc_host*, const oc_options*, void** self) OC_NOEXCEPT;
  void (*destroy)(void* self) OC_NOEXCEPT;
  /* All artifacts of one sample whose type it accepts, in the order they were made. */
  oc_status (*render)(void* self, const oc_run*, const oc_artifact* const* artifacts, size_t n) OC_NOEXCEPT;
} oc_renderer_1;

#endif
