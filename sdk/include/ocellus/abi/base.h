/* Ocellus plugin ABI: the words every other header uses.
 *
 * Rules, once, for all of ocellus/abi/:
 *
 *  F  Tables (`*_1`) and value structs without `struct_size` are frozen once their id leaves v0; a new need is a
 *     new id, never a new member.
 *  G  Descriptors begin with `struct_size`. Whoever fills one zero-initialises it first. A reader fills a short
 *     one up with zeros and accepts a longer one only if the tail it does not know is all zero: a field that is
 *     silently ignored would be a wrong picture.
 *  O  `const T *` is borrowed until the call returns, unless its comment says otherwise. A parameter named
 *     `take` changes owner always, also when the call fails.
 *  S  Text is NUL-terminated UTF-8. Token bytes are (pointer, length): a token can be half a code point.
 *  T  [any] = callable on any thread. Everything else is called by one thread at a time for one `self`, on no
 *     fixed thread.
 *  X  Nothing unwinds through a table. A function that throws or panics ends the process.
 */
#ifndef OCELLUS_ABI_BASE_H
#define OCELLUS_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

/* The minor grows when something is added; the major is in the name of the entry symbol. */
#define OC_ABI_MAJOR 0
#define OC_ABI_MINOR 7

#if defined(__cplusplus) && __cplusplus >= 201703L
#define OC_NOEXCEPT noexcept
#else
#define OC_NOEXCEPT
#endif

#ifdef __cplusplus
#define OC_EXTERN_C extern "C"
#else
#define OC_EXTERN_C
#endif

#if defined(__GNUC__) || defined(__clang__)
#define OC_EXPORT OC_EXTERN_C __attribute__((visibility("default")))
#else
#define OC_EXPORT OC_EXTERN_C
#endif

/* What a call answers. Numbers are fixed and only ever added. */
typedef int32_t oc_status;

#define OC_OK 0
#define OC_E_OPTION (-1)      /* a malformed or contradictory option                       -> exit 2 */
#define OC_E_UNSUPPORTED (-2) /* a combination that cannot be, or a layer or head out of range -> exit 4 */
#define OC_E_CANCELLED (-3)   /* the user interrupted; say nothing more                     -> exit 130 */
#define OC_E_MEMORY (-4)      /* over the memory limit, or allocation failed                -> exit 5 */
#define OC_E_WRITE (-5)       /* an output cannot be written                                -> exit 6 */
#define OC_E_SAMPLE (-6) /* this sample's picture or prompt is at fault                -> that sample fails, exit 1 */
#define OC_E_MODEL (-7)  /* the model folder or a data set file is at fault            -> exit 3 */
#define OC_E_INTERNAL (-99) /* the plugin itself is at fault                              -> exit 7 */

#endif
