/* Artifacts are what methods make and what is stored: a type id with named tensors, texts and numbers. The host
 * checks each against the schema of its type at commit; docs/output.md lists the types. */
#ifndef OCELLUS_ABI_ARTIFACT_H
#define OCELLUS_ABI_ARTIFACT_H

#include "base.h"
#include "tensor.h"

typedef struct oc_artifact oc_artifact;
typedef struct oc_run oc_run;

/* Service "ocellus.artifact/1". */
/* clang-format off */
typedef struct oc_artifact_1 {
  uint32_t struct_size, reserved;
  /* -- writing, inside oc_method_1.finish; `image` is the image it is a map of, or -1. `name` tells several
   *    artifacts of one method and image apart; "" for its main one. */
  oc_status (*open)(const oc_run*, const char* type, const char* name, int32_t image, oc_artifact** out) OC_NOEXCEPT;
  oc_status (*put_tensor)(oc_artifact*, const char* key, oc_tensor* take) OC_NOEXCEPT;
  oc_status (*put_text)(oc_artifact*, const char* key, const char* value) OC_NOEXCEPT;
  oc_status (*put_number)(oc_artifact*, const char* key, double value) OC_NOEXCEPT;
  oc_status (*commit)(oc_artifact* take) OC_NOEXCEPT;
  /* -- reading, inside oc_renderer_1.render; results live as long as the artifact. NULL = no such key. */
  const char* (*type)(const oc_artifact*) OC_NOEXCEPT;
  const char* (*label)(const oc_artifact*) OC_NOEXCEPT; /* the method's label in this run */
  int32_t (*image)(const oc_artifact*) OC_NOEXCEPT;
  const oc_tensor* (*tensor)(const oc_artifact*, const char* key) OC_NOEXCEPT;
  const char* (*text)(const oc_artifact*, const char* key) OC_NOEXCEPT;
  oc_status (*number)(const oc_artifact*, const char* key, double* value) OC_NOEXCEPT; /* OC_E_UNSUPPORTED = no such key */
  const char* (*key)(const oc_artifact*, size_t index) OC_NOEXCEPT; /* all keys in the order put; NULL past the end */
} oc_artifact_1;
/* clang-format on */

#endif
