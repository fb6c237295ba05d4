/* What is asked of the model: pictures and a conversation. */
#ifndef OCELLUS_ABI_SAMPLE_H
#define OCELLUS_ABI_SAMPLE_H

#include "base.h"

/* oc_turn.role */
#define OC_ROLE_SYSTEM 1
#define OC_ROLE_USER 2
#define OC_ROLE_ASSISTANT 3

/* oc_part.kind */
#define OC_PART_TEXT 1
#define OC_PART_IMAGE 2

typedef struct oc_part {
  uint32_t kind;
  uint32_t image;   /* OC_PART_IMAGE: index into oc_sample.images */
  const char* text; /* OC_PART_TEXT */
} oc_part;

typedef struct oc_turn {
  uint32_t role, n_parts;
  const oc_part* parts; /* in the order the template keeps */
} oc_turn;

typedef struct oc_image {
  uint32_t width, height;
  const uint8_t* rgb; /* [height, width, 3] */
} oc_image;

typedef struct oc_sample {
  uint32_t struct_size, n_turns, n_images, reserved;
  const oc_turn* turns;
  const oc_image* images;
  const char* answer; /* NULL = the model writes its own. Else its tokens, tokenised by themselves, end the prompt as
                       * one segment OC_SEGMENT_GIVEN_ANSWER, with no end marker behind, and nothing is generated */
} oc_sample;

#endif
