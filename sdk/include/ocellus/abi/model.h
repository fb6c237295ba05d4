/* The table of a model plugin. One instance has one folder open. */
#ifndef OCELLUS_ABI_MODEL_H
#define OCELLUS_ABI_MODEL_H

#include "base.h"
#include "layout.h"
#include "package.h"
#include "probe.h"
#include "sample.h"

typedef struct oc_model_settings {
  uint32_t struct_size, threads;  /* threads: 0 = the runtime's own choice */
  const char* folder;             /* absolute */
  const char* device;             /* "cpu", "cuda", "cuda:1" */
  const char* dtype;              /* "auto", "float32", "bfloat16", "float16" */
  int64_t min_pixels, max_pixels; /* per image; 0 = as the folder says */
} oc_model_settings;

/* One merged probe, with every symbolic selection resolved by the host. Arrays are sorted, without duplicates. */
typedef struct oc_merged_probe {
  uint32_t struct_size, id;
  const char *kind, *stack, *name;
  const int64_t* layers;
  size_t n_layers;
  const int64_t* heads;
  size_t n_heads;
  const int64_t* rows;
  size_t n_rows; /* prompt positions */
  const int64_t* steps;
  size_t n_steps; /* generated steps k >= 1 whose row (prompt length - 1 + k) is wanted */
  const int64_t* keys;
  size_t n_keys; /* NULL = all */
  const int64_t* const* groups;
  const size_t* group_sizes;
  size_t n_groups;
  uint32_t all_steps, reserved; /* 1 = every step from 1 on, `steps` is empty */
} oc_merged_probe;

/* How an answer is generated. A number that is 0 means: as the folder says, or as Hugging Face has it where the folder
 * says nothing. Logits go through Hugging Face's processors in their order: repetition penalty, then, where tokens are
 * drawn, temperature, top-k, top-p. Token k is drawn at u = (a * 2^26 + b) / 2^53, where a and b are the upper 27 and
 * 26 bits of the first two words of Philox4x32-10 with the key `seed` and the counter (k, 0, 0, 1): it is the first, in
 * the order of ids, with which the sum of probabilities exceeds u. Since 0.5. */
typedef struct oc_generation {
  uint32_t struct_size;
  uint32_t draws;            /* 0 = each token is the likeliest, 1 = each is drawn */
  double temperature, top_p; /* > 0; top_p <= 1 */
  double repetition_penalty; /* > 0 */
  int64_t top_k;             /* > 0; -1 = all */
  uint64_t seed;
  const char* const* stop_strings; /* the answer ends with the token that completes one of them in its text */
  size_t n_stop_strings;
} oc_generation;

/* A knock-out with every selection resolved by the host (oc_knockout). Arrays are sorted, without duplicates. Since
 * 0.7.
 */
typedef struct oc_merged_knockout {
  uint32_t struct_size;
  uint32_t all_steps; /* 1 = the rows of all steps from 1 on, `steps` is empty */
  const int64_t* layers;
  size_t n_layers;
  const int64_t* heads;
  size_t n_heads;
  const int64_t* rows;
  size_t n_rows; /* prompt positions */
  const int64_t* steps;
  size_t n_steps; /* as in oc_merged_probe */
  const int64_t* keys;
  size_t n_keys; /* token indices; those of the answer count on from the prompt */
} oc_merged_knockout;

typedef struct oc_merged_plan {
  uint32_t struct_size;
  uint32_t max_new_tokens; /* 0 = do not generate */
  const oc_merged_probe* const* probes;
  size_t n_probes;
  const oc_generation* generation;    /* NULL = each token is the likeliest, all else as the folder says. Since 0.5 */
  const oc_merged_knockout* knockout; /* NULL = none; for models with OC_PROBE_KNOCKOUT. Since 0.7 */
  const int64_t* forced; /* [max_new_tokens] tokens that stand for those it would choose (teacher forcing): the answer
                          * is these and ends behind them; NULL = it chooses. For the same models. Since 0.7 */
} oc_merged_plan;

typedef struct oc_cost {
  uint32_t struct_size, reserved;
  uint64_t prefill_tokens;
  uint64_t weight_bytes;
  uint64_t activation_bytes; /* largest at one time, without captures */
} oc_cost;

/* A generated token. */
typedef struct oc_step {
  uint32_t struct_size, index; /* from 0 */
  int64_t token;
  uint32_t is_stop;       /* 1 = an end-of-sequence token: part of generated_ids, not of the answer */
  uint32_t strips_space;  /* 1 = the answer's text leaves out the space that the token's bytes begin with */
  double log_probability; /* after all processors, as it was chosen */
} oc_step;

/* Host side of prepare and execute. Any answer but OC_OK means: stop and return it. */
typedef struct oc_sink {
  uint32_t struct_size, reserved;
  void* context;
  oc_status (*layout)(void* context, const oc_layout*) OC_NOEXCEPT;                    /* copied by the host */
  oc_status (*capture)(void* context, const oc_capture*, oc_tensor* take) OC_NOEXCEPT; /* capture->tensor is NULL */
  oc_status (*step)(void* context, const oc_step*) OC_NOEXCEPT; /* after all captures of the row that produced it */
  int32_t (*cancelled)(void* context) OC_NOEXCEPT;              /* [any] to be asked at least once a layer */
} oc_sink;

typedef void (*oc_put_text)(void* context, const char* key, const char* value) OC_NOEXCEPT;
typedef oc_status (*oc_put_token)(void* context, int64_t id, size_t begin, size_t end) OC_NOEXCEPT;

/* clang-format off */
typedef struct oc_model_1 {
  uint32_t struct_size, reserved;
  /* Reads configuration, tokenizer and processor; no weights. */
  oc_status (*create)(const oc_host*, const oc_model_settings*, const oc_options*, void** self) OC_NOEXCEPT;
  void (*destroy)(void* self) OC_NOEXCEPT;
  const oc_stack* (*stack)(void* self, uint32_t index) OC_NOEXCEPT; /* NULL past the end */
  const char* (*file)(void* self, uint32_t index) OC_NOEXCEPT; /* files that decide the numbers; NULL past the end */
  void (*describe)(void* self, void* context, oc_put_text put) OC_NOEXCEPT; /* facts: parameters, dtype, kernels, ... */
  /* [any] Raw text to ids with UTF-8 byte offsets, special tokens added as the tokenizer adds them. */
  oc_status (*encode)(void* self, const char* text, size_t n_bytes, void* context, oc_put_token put) OC_NOEXCEPT;
  /* [any] The bytes a token stands for; they live as long as the instance. */
  oc_status (*token_bytes)(void* self, int64_t id, const char** bytes, size_t* n_bytes) OC_NOEXCEPT;
  /* [any] Preprocesses, tokenises, publishes the layout of every stack. May run while another sample executes. */
  oc_status (*prepare)(void* self, const oc_sample*, const oc_sink*, void** prepared) OC_NOEXCEPT;
  void (*release)(void* self, void* take_prepared) OC_NOEXCEPT; /* [any] */
  oc_status (*estimate)(void* self, const void* prepared, const oc_merged_plan*, oc_cost*) OC_NOEXCEPT;
  /* Maps the weights and checks every one of them; called once, before the first execute. */
  oc_status (*load)(void* self) OC_NOEXCEPT;
  oc_status (*execute)(void* self, const void* prepared, const oc_merged_plan*, const oc_sink*) OC_NOEXCEPT;
} oc_model_1;
/* clang-format on */

/* A token whose score counts: the row that produces it, and its id. */
typedef struct oc_target_token {
  int64_t row, id;
} oc_target_token;

/* Gradients of one target, for some draws of noise. */
typedef struct oc_gradient_plan {
  uint32_t struct_size;
  uint32_t score; /* OC_SCORE_*: S is the sum of the targets' scores */
  const int64_t* continuation;
  size_t n_continuation; /* tokens behind the prompt that the model is given */
  const oc_target_token* targets;
  size_t n_targets; /* rows ascend and lie in prompt and continuation */
  const oc_noise* const* draws;
  size_t n_draws; /* at least 1; a NULL among them is the clean input */
  const oc_merged_probe* const* probes;
  size_t n_probes; /* OC_PROBE_GRADIENT, OC_PROBE_TARGET and OC_PROBE_ATTENTION_GRADIENT, of every draw alike; `rows` of
                    * the last count in prompt and continuation */
  uint64_t memory; /* bytes for all but weights, captures and methods; 0 = as the model likes. What of the forward pass
                    * does not fit is computed again on the way back, which changes no number */
  uint32_t of_features; /* 1 = of OC_TARGET_FEATURES: no continuation, no targets, rows of the vision stack. Of models
                         * that name target/1@vision. Since 0.7 */
  uint32_t reserved;
} oc_gradient_plan;

/* The second table of a model (oc_plugin.gradients), for instances of the first. Since 0.4. */
/* clang-format off */
typedef struct oc_gradients_1 {
  uint32_t struct_size, reserved;
  /* Before an answer is generated the plan has no targets and expects `n_continuation` tokens without saying which. */
  oc_status (*estimate)(void* self, const void* prepared, const oc_gradient_plan*, oc_cost*) OC_NOEXCEPT;
  oc_status (*execute)(void* self, const void* prepared, const oc_gradient_plan*, const oc_sink*) OC_NOEXCEPT;
} oc_gradients_1;
/* clang-format on */

#endif
