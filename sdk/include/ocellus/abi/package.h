/* A package is one shared library with any number of plugins, found by its one exported symbol. */
#ifndef OCELLUS_ABI_PACKAGE_H
#define OCELLUS_ABI_PACKAGE_H

#include "base.h"
#include "options.h"

/* oc_plugin.kind */
#define OC_KIND_MODEL "ocellus.model/1"       /* table: oc_model_1 */
#define OC_KIND_METHOD "ocellus.method/1"     /* table: oc_method_1 */
#define OC_KIND_RENDERER "ocellus.renderer/1" /* table: oc_renderer_1 */

/* What the host offers to one plugin instance. It outlives the instance. */
/* clang-format off */
typedef struct oc_host {
  uint32_t struct_size, abi_minor;
  const char* version; /* of the program */
  void* self;
  /* [any] A service table by id, or NULL where this host has none. Tables live as long as the process. */
  const void* (*service)(const struct oc_host*, const char* id) OC_NOEXCEPT;
  /* [any] Leaves one sentence for the user and returns `status`: `return host->fail(host, OC_E_MODEL, "...");` */
  oc_status (*fail)(const struct oc_host*, oc_status status, const char* sentence) OC_NOEXCEPT;
} oc_host;
/* clang-format on */

/* Static data, readable without an instance; pointers live as long as the library, which is never unloaded. */
typedef struct oc_plugin {
  uint32_t struct_size, reserved;
  const char* id;      /* the name on the command line: "raw-attention" */
  const char* kind;    /* OC_KIND_* */
  const char* summary; /* one line */
  const void* table;
  const oc_param* const* params; /* NULL-terminated; NULL = none */
  const char* const* opens;      /* model: values of `model_type` or `architectures` in config.json; NULL-terminated */
  const char* const* probes;     /* model: probes it serves; method: probes it needs: "attention/1@language", or
                                  * one of several: "attention/1@language|attention/1@vision" */
  const char* const* accepts;    /* renderer: artifact types */
  const char* const* produces;   /* method: artifact types; renderer: file extensions */
  const void* reduction; /* method: oc_reduction_1, which makes results over all samples; NULL = none. Since 0.3 */
  const void* gradients; /* model: oc_gradients_1, which serves OC_PROBE_GRADIENT; NULL = none. Since 0.4 */
  const char* prompt;    /* method: the question about pictures that come without one; NULL = there has to be one.
                          * Since 0.4 */
} oc_plugin;

typedef struct oc_package {
  uint32_t struct_size;
  uint32_t abi_minor;      /* built against; informs */
  uint32_t min_host_minor; /* the only gate: a host with a smaller minor refuses the package */
  uint32_t n_plugins;
  const char* id; /* "org.example.rollout" */
  const char* version;
  const char* vendor;
  const char* license; /* SPDX expression */
  const char* runtime; /* "", or the one heavy runtime it links: "libtorch/2.13.0" */
  const oc_plugin* const* plugins;
} oc_package;

/* The entry. It may be called in a process that only scans: no side effects, no threads, no files. */
typedef const oc_package* (*oc_package_entry)(void);
#define OC_PACKAGE_ENTRY "ocellus_package_v0"

#endif
