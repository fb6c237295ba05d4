/* A probe is a method's wish, as data. The host merges the wishes of all methods, the model serves them in the
 * fewest passes, and captures come back. Methods never run a model and never see its framework. */
#ifndef OCELLUS_ABI_PROBE_H
#define OCELLUS_ABI_PROBE_H

#include "base.h"
#include "tensor.h"

/* oc_probe.kind; what a capture's tensor holds (float32 unless said) */
#define OC_PROBE_ATTENTION                                                                                        \
  "attention/1" /* [heads, rows, keys] softmax probabilities, taken in float32 before any cast;                   \
                 * a row sums to 1 over all keys; future keys, and those of other pictures in a vision stack, are \
                 * exactly 0 */
#define OC_PROBE_MASS "attention-mass/1" /* [heads, rows, groups] the same rows summed over each key group */
#define OC_PROBE_HIDDEN                                                                                              \
  "hidden/1" /* [rows, width]; layer 0 = what goes into the stack's first layer, i = output of layer i - 1; the last \
              * one of the language stack is after the final norm; the projector has layer 0 alone */
#define OC_PROBE_LOGITS "logits/1" /* [rows, vocabulary], before penalties */
#define OC_PROBE_INPUT                                                                      \
  "input/1" /* the input called `name`, as Hugging Face names and shapes it, without batch; \
             * float32 or int64 */
#define OC_PROBE_GRADIENT                                                                                             \
  "gradient/1" /* [2, rows, width] of the residual stream, and the gradient of the probe's target with respect to it; \
                * layers are numbered as those of OC_PROBE_HIDDEN, but the last one is before the final norm. Clean   \
                * and noise variants; in pieces from the highest layer to the lowest, draw by draw. Since 0.4 */
#define OC_PROBE_TARGET                                                                                                \
  "target/1" /* [tokens] the score of each token that the probe's target sums, in their order; no layers, no rows; for \
              * the variants that OC_PROBE_GRADIENT takes. Since 0.4. Of OC_VARIANT_MASK too, where it takes no        \
              * gradients but OC_PROBE_LOGITS of the language stack, from which the host has the scores: since 0.7 */
#define OC_PROBE_ATTENTION_GRADIENT                                                                                \
  "attention-gradient/1" /* [2, heads, rows, keys] of the probabilities of OC_PROBE_ATTENTION, and the gradient of \
                          * the target with respect to them, both 0 at keys after the row. Rows of prompt and      \
                          * continuation: NULL = all up to the last that the target reads; OC_SELECT_ANSWER,       \
                          * without indices = those that produce its tokens. Of OC_TARGET_FEATURES the rows of the \
                          * vision stack. Variants as OC_PROBE_GRADIENT; draw by draw behind OC_PROBE_TARGET, in   \
                          * blocks of rows from the highest layer and the first row on. Since 0.7 */

/* oc_target.tokens */
#define OC_TARGET_ANSWER 1 /* all tokens of the answer, given or generated, and the stop token if one was generated */
#define OC_TARGET_TOKEN 2  /* answer token `index`, from 0 */
#define OC_TARGET_TEXT 3   /* the tokens of `text` as if it were given for the answer */
#define OC_TARGET_FEATURES                                                                                             \
  4 /* of a model without a language stack: half the squared distance between the image features with the question and \
     * those without it. It has one score, whatever `score` says. Since 0.7 */

/* oc_target.score, of one token in the row that produces it; raw logits are before penalties */
#define OC_SCORE_LOGIT 0
#define OC_SCORE_LOG_PROBABILITY 1

/* What gradients are of: the sum of the scores of these tokens, in a pass of its own that is given the tokens before
 * them (teacher forcing). Since 0.4. */
typedef struct oc_target {
  uint32_t struct_size, tokens, score, reserved;
  int64_t index;
  const char* text;
} oc_target;

/* oc_select.kind */
#define OC_SELECT_ALL 0
#define OC_SELECT_INDICES 1 /* the `indices`, each 0 <= i < count */
#define OC_SELECT_IMAGE 2   /* tokens of image `argument`, -1 = of all images */
#define OC_SELECT_SEGMENT                                                                                          \
  3                      /* tokens of all segments of kind `argument`; as a key group, OC_SEGMENT_ANSWER means the \
                          * answer tokens before the row, and only there it may be asked for */
#define OC_SELECT_LAST 4 /* the last prompt position */
#define OC_SELECT_ANSWER                                                                              \
  5 /* rows that *produced* answer tokens: those in `indices` (from 0), none given = all. Asks for an \
     * answer. A row is delivered only if its token belongs to the answer (not the stop token) */

#define OC_SELECT_GENERATED                                                                                          \
  6 /* rows that produced tokens which the model generated, that of the stop token included; of a given answer, rows \
     * that produced its tokens. Asks for an answer, which may be empty. Since 0.5 */

typedef struct oc_select {
  uint32_t struct_size, kind;
  int64_t argument;
  const int64_t* indices; /* copied by the host */
  size_t n_indices;
} oc_select;

typedef struct oc_probe {
  uint32_t struct_size;
  uint32_t variant; /* 0 = the clean input; else what oc_variant_1.add gave. Selections are resolved in its layout */
  const char* kind;
  const char* stack;                                /* oc_stack.id; NULL for OC_PROBE_INPUT */
  const char* name;                                 /* OC_PROBE_INPUT: "input_ids", "pixel_values", ... */
  const oc_select *layers, *heads, *queries, *keys; /* NULL = all; `keys` of attention and its gradient only */
  const oc_select* const* groups;                   /* OC_PROBE_MASS: n_groups key groups, may overlap */
  size_t n_groups;
  const oc_target* target; /* of the probes of gradients; copied by the host. Since 0.4 */
} oc_probe;

/* oc_variant.kind */
#define OC_VARIANT_QUESTION 1 /* the text of the last user turn is `text`; pictures and all else stay */
#define OC_VARIANT_NOISE 2    /* the pictures under `noise`; its layout is that of the clean input. Since 0.4 */
#define OC_VARIANT_KNOCKOUT                                                                                        \
  3 /* the clean input with attention blocked by `knockout`; its layout is that of the clean input, and its answer \
     * has the tokens of the clean one. Since 0.7 */

#define OC_VARIANT_MASK                                                                                           \
  4 /* the clean input with cells of one picture masked by `mask`; its layout is that of the clean input, and its \
     * answer has the tokens of the clean one. For OC_PROBE_TARGET alone. Since 0.7 */

/* A word of oc_plugin.probes that is no probe: of a model, that it serves OC_VARIANT_KNOCKOUT; of a method, that it
 * asks for it. Since 0.7. */
#define OC_PROBE_KNOCKOUT "knockout/1"

/* oc_noise.space */
#define OC_NOISE_MODEL                                                                               \
  0 /* on `pixel_values` as the model is given them: normalised, and for Qwen flattened patches with \
     * each pixel twice, once a temporal copy, each copy with noise of its own */
#define OC_NOISE_IMAGE 1 /* on the pixels of the resized pictures in units of 0 to 1, where they are kept */

/* Gaussian noise x + std * n. Element i of draw k is a function of (seed, k, i) alone: Philox4x32-10 with the key
 * `seed` and the counter (i / 4, k), whose four words w make two Box-Muller pairs of u = (w + 0.5) / 2^32 (Salmon et
 * al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). Since 0.4. */
typedef struct oc_noise {
  uint32_t struct_size, space, draw, reserved;
  uint64_t seed;
  double std;
  double limit;     /* OC_NOISE_MODEL: the noisy values are held within [-limit, limit]; 0 = no limit */
  const char* file; /* an .npy file of n in float32 instead, [draws, ...] with the model's input behind; NULL = drawn.
                     * Read by the host */
  const float* values; /* what stands there for this draw, filled in by the host for the model; NULL = drawn */
  size_t n_values;
} oc_noise;

/* Attention of the language stack that is blocked (Geva et al. 2023, "Dissecting recall of factual associations in
 * auto-regressive language models"): in these layers and heads the scores of the rows `from` for the keys `to` are
 * minus infinity before the softmax. A row none of whose keys would be left sees itself. Rows and keys are unions of
 * selections, none = none; OC_SELECT_ANSWER among the rows are those that produce answer tokens, and among the keys
 * OC_SEGMENT_ANSWER are the answer's tokens, given or generated. Everything else stays, and a knock-out that blocks
 * nothing changes no bit. Since 0.7. */
typedef struct oc_knockout {
  uint32_t struct_size, reserved;
  const oc_select *layers, *heads; /* by number; NULL = all */
  const oc_select* const* from;
  size_t n_from;
  const oc_select* const* to;
  size_t n_to;
} oc_knockout;

/* oc_mask.fill: what is left of a masked cell */
#define OC_FILL_MEAN 0  /* the picture's mean colour */
#define OC_FILL_BLUR 1  /* the picture, blurred until nothing in it is told apart */
#define OC_FILL_BLACK 2 /* black */

/* Cells of one picture that are masked on the source image, before any preprocessing: the pixels whose centre lies in
 * one of them. Cells are those that the language stack's layout gives tokens, by row * columns + column of their grid;
 * none = the picture as it is. Since 0.7. */
typedef struct oc_mask {
  uint32_t struct_size, fill;
  int32_t image;
  uint32_t reserved;
  const int64_t* cells; /* each 0 <= i < rows * columns; copied by the host */
  size_t n_cells;
} oc_mask;

/* Another input for the same model, derived from the sample at hand. It is run in a pass of its own and has a layout of
 * its own, so that it changes no number of the clean pass. */
typedef struct oc_variant {
  uint32_t struct_size, kind;
  const char* text;
  const oc_noise* noise;       /* OC_VARIANT_NOISE; copied by the host. Since 0.4 */
  const oc_knockout* knockout; /* OC_VARIANT_KNOCKOUT; copied by the host. Since 0.7 */
  const oc_mask* mask;         /* OC_VARIANT_MASK; copied by the host. Since 0.7 */
} oc_variant;

typedef struct oc_plan oc_plan;

/* Service "ocellus.plan/1", valid inside oc_method_1.plan. */
typedef struct oc_plan_1 {
  uint32_t struct_size, reserved;
  /* Everything is copied. *id names the probe in captures. A stack or kind the model does not serve, a layer or
   * head out of range: OC_E_UNSUPPORTED, the host has the sentence. */
  oc_status (*probe)(oc_plan*, const oc_probe*, uint32_t* id) OC_NOEXCEPT;
  /* Asks for an answer even if no probe needs one. */
  oc_status (*generate)(oc_plan*) OC_NOEXCEPT;
} oc_plan_1;

/* A piece of what a probe asked for. One probe may come in many pieces; every (layer, row) that was asked for comes
 * exactly once, and pieces of one layer always carry all heads and keys asked for. Pieces of prompt rows come in layer
 * order, then row order, so that a method can fold layer by layer; rows of the answer follow them, step by step. */
typedef struct oc_capture {
  uint32_t struct_size, probe;
  int32_t layer;                      /* -1 where the kind has no layers */
  uint32_t draw;                      /* from a model: of oc_gradient_plan.draws; to a method: 0 */
  const int64_t *heads, *rows, *keys; /* what each index of the tensor is: head number, token index, token index */
  size_t n_heads, n_rows, n_keys;     /* 0 where the kind has none; keys of a prompt row: the prompt; of a later row: up
                                       * to and including that row */
  const oc_tensor* tensor;            /* borrowed until the call returns */
} oc_capture;

#endif
