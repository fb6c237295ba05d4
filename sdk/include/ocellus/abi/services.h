/* Services of the host, reached by oc_host.service(id). */
#ifndef OCELLUS_ABI_SERVICES_H
#define OCELLUS_ABI_SERVICES_H

#include "artifact.h"
#include "base.h"
#include "layout.h"
#include "options.h"
#include "package.h"
#include "probe.h"
#include "sample.h"
#include "tensor.h"

#define OC_SERVICE_OPTIONS "ocellus.options/1"   /* oc_options_1 */
#define OC_SERVICE_PLAN "ocellus.plan/1"         /* oc_plan_1 */
#define OC_SERVICE_ARTIFACT "ocellus.artifact/1" /* oc_artifact_1 */
#define OC_SERVICE_LAYOUT "ocellus.layout/1"
#define OC_SERVICE_TOKENS "ocellus.tokens/1"
#define OC_SERVICE_RECORD "ocellus.record/1"
#define OC_SERVICE_MEDIA "ocellus.media/1"
#define OC_SERVICE_OUTPUT "ocellus.output/1"
#define OC_SERVICE_LOG "ocellus.log/1"
#define OC_SERVICE_VARIANT "ocellus.variant/1" /* oc_variant_1 */
#define OC_SERVICE_MEMORY "ocellus.memory/1"
#define OC_SERVICE_IMAGES "ocellus.images/1"         /* oc_images_1 */
#define OC_SERVICE_INDEX_SETS "ocellus.index-sets/1" /* oc_index_sets_1 */
#define OC_SERVICE_COLLECTION "ocellus.collection/1" /* oc_collection_1 */
#define OC_SERVICE_SAMPLES "ocellus.samples/1"       /* oc_samples_1 */
#define OC_SERVICE_SCORES "ocellus.scores/1"         /* oc_scores_1 */
#define OC_SERVICE_ANSWER "ocellus.answer/1"         /* oc_answer_1 */
#define OC_SERVICE_TOKEN_IDS "ocellus.token-ids/1"   /* oc_token_ids_1 */

/* The layout of the sample at hand; for methods. */
/* clang-format off */
typedef struct oc_layout_1 {
  uint32_t struct_size, reserved;
  const oc_stack* (*stack)(const oc_run*, const char* stack) OC_NOEXCEPT; /* NULL = the model has none of that name */
  /* Of one layer's stack; NULL = none. In finish the tokens and segments of the answer are included. */
  const oc_layout* (*layout)(const oc_run*, const char* stack, uint32_t layer) OC_NOEXCEPT;
  /* Length of the language prompt without a given answer; its last row, this - 1, produces the first answer token. */
  int64_t (*prompt_tokens)(const oc_run*) OC_NOEXCEPT;
  /* Of a given answer, always; of a generated one, in finish: without the stop token. -1 = there is none. */
  int64_t (*answer_tokens)(const oc_run*) OC_NOEXCEPT;
} oc_layout_1;
/* clang-format on */

/* Tokens of the loaded model; for methods. */
typedef struct oc_tokens_1 {
  uint32_t struct_size, reserved;
  oc_status (*bytes)(const oc_run*, int64_t id, const char** bytes, size_t* n_bytes) OC_NOEXCEPT;
} oc_tokens_1;

/* The other way; for methods. Since 0.6. */
typedef struct oc_token_ids_1 {
  uint32_t struct_size, reserved;
  /* The ids of `text` by itself, as an answer of this text begins, without special tokens that the tokenizer adds. *n
   * is how many there are; `ids` takes as many, NULL only asks for the number. */
  oc_status (*encode)(const oc_run*, const char* text, int64_t* ids, size_t* n) OC_NOEXCEPT;
} oc_token_ids_1;

/* A known rectangle, in pixels of the source image. */
typedef struct oc_box {
  const char* label;
  int32_t image;
  uint32_t reserved;
  double x0, y0, x1, y1;
} oc_box;

/* Facts about the sample as recorded: "id", "model", "question", "answer", "prompt", since 0.3 what a data set knows
 * beside it: "fact.category", "fact.solution", ..., and since 0.4, for methods in plan and later, "seed": the run's, in
 * decimal digits; for renderers "layers" (how many the decoder has), "image.0" and "image.0.sha256" (name of the file,
 * and hash of its contents), "image.1", ... NULL = none recorded. */
/* clang-format off */
typedef struct oc_record_1 {
  uint32_t struct_size, reserved;
  const char* (*text)(const oc_run*, const char* key) OC_NOEXCEPT;
  const oc_box* (*boxes)(const oc_run*, size_t* n) OC_NOEXCEPT;
} oc_record_1;
/* clang-format on */

/* Decoded source pictures. */
typedef struct oc_media_1 {
  uint32_t struct_size, reserved;
  oc_status (*picture)(const oc_run*, int32_t image, oc_image* out) OC_NOEXCEPT; /* lives as long as the sample */
} oc_media_1;

/* Files of renderers. The host names them, hands out a temporary path, and renames it at commit, so that a crash
 * leaves no half file. */
typedef struct oc_output_1 {
  uint32_t struct_size, reserved;
  /* `part` tells several files of one artifact apart, "" for one alone; `layer` -1 where there is none. */
  oc_status (*open)(const oc_run*, const oc_artifact*, int32_t layer, const char* part, const char* extension,
                    const char** path) OC_NOEXCEPT;
  oc_status (*commit)(const oc_run*, const char* path) OC_NOEXCEPT;
} oc_output_1;

/* Other inputs than the clean one; for methods. Since 0.2. */
typedef struct oc_variant_1 {
  uint32_t struct_size, reserved;
  /* Inside oc_method_1.plan; everything is copied. *id goes into oc_probe.variant; equal variants are one pass. */
  oc_status (*add)(oc_plan*, const oc_variant*, uint32_t* id) OC_NOEXCEPT;
  /* As oc_layout_1.layout; variant 0 is the clean input. NULL for a variant that this sample does not have. */
  const oc_layout* (*layout)(const oc_run*, uint32_t variant, const char* stack, uint32_t layer)OC_NOEXCEPT;
} oc_variant_1;

/* What a method will hold at one time; for --dry-run and --memory-limit. Since 0.2. */
typedef struct oc_memory_1 {
  uint32_t struct_size, reserved;
  /* Inside oc_method_1.plan: `bytes` more for this sample. A method that never says so is taken to keep everything that
   * it is given. */
  oc_status (*announce)(oc_plan*, uint64_t bytes) OC_NOEXCEPT;
} oc_memory_1;

/* A token that the model generated; see oc_step. */
typedef struct oc_answer_token {
  int64_t id;
  uint32_t is_stop, reserved;
  double log_probability;
} oc_answer_token;

/* The generated answer; for methods. Since 0.5. */
typedef struct oc_answer_1 {
  uint32_t struct_size, reserved;
  /* From plan on: how many tokens the sample's answer will have at most, if one is generated, or has, if it is given.
   */
  int64_t (*most_tokens)(const oc_run*) OC_NOEXCEPT;
  /* In finish: what was generated, the stop token included; NULL and *n = 0 if nothing was. Lives as long as the sample
   */
  const oc_answer_token* (*tokens)(const oc_run*, size_t* n)OC_NOEXCEPT;
} oc_answer_1;

/* Artifacts that differ in their image alone; for renderers. Since 0.2. */
typedef struct oc_images_1 {
  uint32_t struct_size, reserved;
  /* What its method called it, "" for its main one: artifacts of one label and name are of one sample's images. Lives
   * as long as the artifact. */
  const char* (*name)(const oc_artifact*)OC_NOEXCEPT;
  /* As oc_output_1.open, for a file about all images at once: its name has no image number. */
  oc_status (*open)(const oc_run*, const oc_artifact*, int32_t layer, const char* part, const char* extension,
                    const char** path) OC_NOEXCEPT;
} oc_images_1;

/* A word to put into a pattern. */
typedef struct oc_word {
  const char *key, *value;
} oc_word;

/* Results over all samples of a run; for renderers. Since 0.3. */
/* clang-format off */
typedef struct oc_collection_1 {
  uint32_t struct_size, reserved;
  /* 1 = what is to be drawn are results over samples, 0 = it is of one sample. */
  int32_t (*is_collection)(const oc_run*) OC_NOEXCEPT;
  /* Where an artifact comes from: "run" (name of its folder OUT), "model" (name of its folder), "sample" (name of its
   * folder). NULL = none: a result over samples has no sample. Lives as long as the artifact. */
  const char* (*source)(const oc_artifact*, const char* key) OC_NOEXCEPT;
  /* As oc_output_1.open, for a result over samples and by a name of the user's: `pattern` is a path under OUT without
   * extension in which every "{key}" becomes the word of that key, spelt so that it is safe in a file name. A path that
   * leaves OUT or is another file of the run: OC_E_OPTION. */
  oc_status (*open)(const oc_run*, const char* pattern, const oc_word* words, size_t n_words, const char* extension,
                    const char** path) OC_NOEXCEPT;
} oc_collection_1;
/* clang-format on */

/* The finished samples of a run, or of several, one at a time; for renderers that accept OC_ACCEPTS_SAMPLES. Since 0.4.
 */
/* clang-format off */
typedef struct oc_samples_1 {
  uint32_t struct_size, reserved;
  /* 0 = what is to be drawn is of one sample, or results over samples. */
  size_t (*count)(const oc_run*) OC_NOEXCEPT;
  /* Sample `index`, in the order of the runs and of their data sets, with its artifacts of the types that the renderer
   * accepts: record, pictures, scores and sources are read from *sample. Both live until the next is opened or render
   * returns, so that one sample at a time is in memory. Files are opened with the run that was given to render. */
  oc_status (*open)(const oc_run*, size_t index, const oc_run** sample, const oc_artifact* const** artifacts,
                    size_t* n) OC_NOEXCEPT;
} oc_samples_1;
/* clang-format on */

/* Recorded scores of maps (docs/output.md); for renderers. Since 0.4. */
typedef struct oc_scores_1 {
  uint32_t struct_size, reserved;
  /* Of a map in its stack, 0 of heatmap/1: "pointing", "energy", or the controls "centre" and "random", each from 0
   * to 1, where boxes are known on its image. Of runs that judged their maps, "faithfulness.gap", ".insertion",
   * ".deletion", ".flip_area" and ".flips", and with ".random", ".centre", ".oracle" behind them those of the controls
   * (docs/trust.md), since 0.5. OC_E_UNSUPPORTED, without a sentence: none is recorded. */
  oc_status (*of_map)(const oc_run*, const oc_artifact*, size_t map, const char* score, double* value) OC_NOEXCEPT;
} oc_scores_1;

#define OC_LOG_DEBUG 1
#define OC_LOG_INFO 2
#define OC_LOG_WARNING 3
typedef struct oc_log_1 {
  uint32_t struct_size, reserved;
  void (*write)(const oc_host*, uint32_t level, const char* sentence) OC_NOEXCEPT; /* [any] */
} oc_log_1;

#endif
