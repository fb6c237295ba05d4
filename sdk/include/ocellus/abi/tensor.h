/* Tensors in the memory layout of DLPack 1.x (`DLManagedTensorVersioned`), declared here so that no third-party
 * header is needed. A pointer to an oc_tensor may be handed to any DLPack consumer as it is.
 *
 * Unless a comment says otherwise a tensor that crosses this ABI is on the CPU, float32 or int64, contiguous in C
 * order, and read-only for whoever did not make it. `strides` may be NULL (contiguous) or filled in. */
#ifndef OCELLUS_ABI_TENSOR_H
#define OCELLUS_ABI_TENSOR_H

#include "base.h"

#define OC_DLPACK_MAJOR 1
#define OC_DLPACK_MINOR 0

/* device_type */
#define OC_DEVICE_CPU 1
/* dtype.code */
#define OC_DTYPE_INT 0
#define OC_DTYPE_UINT 1
#define OC_DTYPE_FLOAT 2
/* flags */
#define OC_TENSOR_READ_ONLY ((uint64_t)1)

typedef struct oc_dl_version {
  uint32_t major, minor;
} oc_dl_version;
typedef struct oc_dl_device {
  int32_t device_type, device_id;
} oc_dl_device;
typedef struct oc_dl_dtype {
  uint8_t code, bits;
  uint16_t lanes;
} oc_dl_dtype;

typedef struct oc_dl_tensor {
  void* data;
  oc_dl_device device;
  int32_t ndim;
  oc_dl_dtype dtype;
  int64_t* shape;
  int64_t* strides; /* in elements, may be NULL */
  uint64_t byte_offset;
} oc_dl_tensor;

typedef struct oc_tensor {
  oc_dl_version version;
  void* manager_ctx;
  void (*deleter)(struct oc_tensor* self); /* [any] the producer's; may be NULL; frees the struct itself too */
  uint64_t flags;
  oc_dl_tensor dl;
} oc_tensor;

#endif
