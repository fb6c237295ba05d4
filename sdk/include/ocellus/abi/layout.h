/* What each token of each stack is, and where it lies in its picture. Published by the model, never re-derived. */
#ifndef OCELLUS_ABI_LAYOUT_H
#define OCELLUS_ABI_LAYOUT_H

#include "base.h"

/* oc_segment.kind */
#define OC_SEGMENT_BOS 1            /* the tokenizer's BOS; none where there is no BOS */
#define OC_SEGMENT_SYSTEM 2         /* text of the system message */
#define OC_SEGMENT_USER_TEXT 3      /* text of earlier user turns */
#define OC_SEGMENT_QUESTION 4       /* text of the last user turn */
#define OC_SEGMENT_IMAGE 5          /* the tokens of one image */
#define OC_SEGMENT_ASSISTANT_TEXT 6 /* earlier replies */
#define OC_SEGMENT_GIVEN_ANSWER 7
#define OC_SEGMENT_ANSWER 8  /* generated */
#define OC_SEGMENT_SPECIAL 9 /* role headers, delimiters, vision markers, the stop token */

/* One run of tokens of one kind. The segments of a layout are sorted and partition [0, n_tokens). */
typedef struct oc_segment {
  uint32_t kind;
  uint32_t turn;      /* index of the message it belongs to */
  int64_t begin, end; /* token indices, half open */
  int32_t image;      /* for OC_SEGMENT_IMAGE, else -1 */
  uint32_t reserved;
} oc_segment;

/* Where one token lies: a rectangle of the *source* image in units of its width and height. It may leave [0, 1]
 * where padding lies. Tokens without a place in a picture have no cell. */
typedef struct oc_cell {
  int64_t token;
  int32_t image, row, col;
  uint32_t reserved;
  float x0, y0, x1, y1;
} oc_cell;

/* One picture as one stack sees it. */
typedef struct oc_grid {
  int32_t image;
  uint32_t source_width, source_height; /* pixels of the file, before any resize */
  uint32_t model_width, model_height;   /* pixels after resize, what the model is given */
  uint32_t rows, cols;                  /* cells, in this stack's tokens (after any merge) */
  uint32_t reserved;
} oc_grid;

/* The layout of one stack for the layers [layer_begin, layer_end). Arrays live as long as the sample. */
typedef struct oc_layout {
  uint32_t struct_size, variant; /* 0 = the clean input */
  const char* stack;
  uint32_t layer_begin, layer_end;
  int64_t n_tokens;
  const int64_t* token_ids; /* [n_tokens]; NULL for a stack of patches */
  const oc_segment* segments;
  size_t n_segments;
  const oc_cell* cells; /* row-major within an image, images in order */
  size_t n_cells;
  const oc_grid* grids;
  size_t n_grids;
  int64_t n_keys_only; /* the last tokens, which others see and which have no rows of attention and no hidden states
                        * themselves: a question's in a vision tower that is aware of it. A token has the same number
                        * in all layers of a stack; layers may differ in whether they have such tokens. Since 0.5 */
} oc_layout;

/* One tower of a model. "language" has the prompt for tokens, "vision" the patches of all images, "projector" the image
 * features that the language model is given: it has no layers and no heads, only hidden states. A model without
 * "language" answers nothing: what is asked of it has a layout of its own, "question", with the token ids that an
 * encoder of text is given. */
typedef struct oc_stack {
  uint32_t struct_size, n_layers, n_heads, n_kv_heads, width;
  uint32_t vocabulary; /* entries of one row of logits; 0 for a stack that has none */
  const char* id;
  const int64_t* attention_layers; /* sorted: the layers whose tokens attend to all others of their picture or prompt
                                    * and whose rows can be asked for; NULL = all. The others attend within windows */
  size_t n_attention_layers;
} oc_stack;

#endif
