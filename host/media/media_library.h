/* What the host and its picture library say to each other.
 *
 * The library (lib/ocellus/ocellus_media.so) is the only place of the host that links picture decoders; it is
 * opened when the first picture is needed. It is a part of the program, built with it, and not a plugin: this header
 * is no promise to anybody else. */
#ifndef OCELLUS_HOST_MEDIA_MEDIA_LIBRARY_H
#define OCELLUS_HOST_MEDIA_MEDIA_LIBRARY_H

#include <ocellus/abi/base.h>

/* One decoded picture: rows from the top, interleaved RGB, `3 * width * height` bytes without padding. */
typedef struct oc_decoded {
  uint32_t width;
  uint32_t height;
  const uint8_t* rgb;
  void* owner; /* given back through `release` */
} oc_decoded;

/* All functions: [any] thread. */
typedef struct oc_media_library_v0 {
  uint32_t struct_size;

  /* Reads the file as Pillow's `Image.open(path).convert("RGB")` would: alpha dropped and not blended, palettes
   * expanded, grey replicated, 16-bit grey clipped at 255, the EXIF orientation and colour profiles ignored. On failure
   * `*out` is untouched, and `message` holds one NUL-terminated sentence that names the path: OC_E_SAMPLE if the file
   * is at fault, OC_E_MEMORY if there is no room for it. */
  oc_status (*decode)(const char* path, oc_decoded* out, char* message, size_t message_size);

  /* Frees what `decode` filled; once for each success. */
  void (*release)(oc_decoded* picture);
} oc_media_library_v0;

/* The library's only exported symbol: `const oc_media_library_v0 *ocellus_media_v0(void)`. The table is static. */
#define OCELLUS_MEDIA_ENTRY "ocellus_media_v0"

#endif
