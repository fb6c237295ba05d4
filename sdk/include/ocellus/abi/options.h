/* Options are data: a plugin lists them in a static table, the host derives --help, validation and the run record
 * from it and hands parsed values back through oc_options_1. `default_text` is parsed by the parser that reads the
 * user's text, so help, default and behaviour cannot drift apart. */
#ifndef OCELLUS_ABI_OPTIONS_H
#define OCELLUS_ABI_OPTIONS_H

#include "base.h"

/* oc_param.type */
#define OC_PARAM_BOOL 1  /* on|off|true|false|yes|no|1|0 */
#define OC_PARAM_INT 2   /* within [min, max] when min < max */
#define OC_PARAM_FLOAT 3 /* within [min, max] when min < max */
#define OC_PARAM_TEXT 4
#define OC_PARAM_CHOICE 5    /* one of `choices` */
#define OC_PARAM_WORDS 6     /* some of `choices`, joined by '+'; a choice that ends in '+' goes before a shorter one */
#define OC_PARAM_INDEX_SET 7 /* 3, -1, 0..11+20, all, early, middle, late, auto */
#define OC_PARAM_INDEX 8     /* one of `choices`, or a non-negative number */
#define OC_PARAM_QUERY 9     /* last, answer, answer:K, generated, question, position:P */

typedef struct oc_param {
  uint32_t struct_size, type;
  const char* key;            /* lower case, '-' between words */
  const char* help;           /* one line: what it does; the host adds type, range and default */
  const char* default_text;   /* never NULL; "" where nothing is the default */
  double min, max;            /* bounds, inclusive; both 0: none */
  const char* const* choices; /* value, help, value, help, ..., NULL; or NULL. A value: letters, digits, '_', '-'; since
                               * 0.4 '+', but not in front */
} oc_param;

/* oc_query.kind: the token that a row explains */
#define OC_QUERY_LAST 1         /* the last prompt position, which produces the first answer token */
#define OC_QUERY_ANSWER 2       /* the rows that produced the answer, averaged */
#define OC_QUERY_ANSWER_TOKEN 3 /* the row that produced answer token `index`, from 0 */
#define OC_QUERY_GENERATED 4    /* every answer token by itself */
#define OC_QUERY_QUESTION 5     /* the rows of the question's tokens, averaged */
#define OC_QUERY_POSITION 6     /* row `index` of the prompt, as read */

typedef struct oc_query {
  uint32_t kind, reserved;
  int64_t index;
} oc_query;

/* The values of one instance, given to its `create`. They outlive the instance. */
typedef struct oc_options oc_options;

/* Service "ocellus.options/1". Every getter is [any]. An unknown key or a wrong type is the plugin's own mistake
 * and answers OC_E_INTERNAL. Text lives as long as the options. */
typedef struct oc_options_1 {
  uint32_t struct_size, reserved;
  oc_status (*boolean)(const oc_options*, const char* key, int32_t* value) OC_NOEXCEPT;
  oc_status (*integer)(const oc_options*, const char* key, int64_t* value) OC_NOEXCEPT;
  oc_status (*real)(const oc_options*, const char* key, double* value) OC_NOEXCEPT;
  oc_status (*text)(const oc_options*, const char* key, const char** value)
      OC_NOEXCEPT; /* TEXT, CHOICE, WORDS, INDEX */
  oc_status (*query)(const oc_options*, const char* key, oc_query* value) OC_NOEXCEPT;
  /* Resolves an index set against `count` things called `what` ("layer"): sorted as written, duplicates dropped.
   * Two calls: with indices = NULL it answers *n alone. `auto` answers *n = 0, the method's own choice. An index
   * out of range answers OC_E_UNSUPPORTED and has told the host the range. */
  oc_status (*indices)(const oc_options*, const char* key, const char* what, int64_t count, int64_t* indices, size_t* n)
      OC_NOEXCEPT;
} oc_options_1;

/* Service "ocellus.index-sets/1": index sets where some indices cannot be had. Since 0.2. */
typedef struct oc_index_sets_1 {
  uint32_t struct_size, reserved;
  /* As oc_options_1.indices, but only those in `possible` (sorted, n_possible): what words mean besides (`all`, `late`)
   * goes to `left_out`, sorted. A number that names another one, or words that leave nothing: OC_E_UNSUPPORTED, with
   * `why` in the sentence ("attends within windows"). indices = NULL answers *n and *n_left_out alone. */
  oc_status (*among)(const oc_options*, const char* key, const char* what, int64_t count, const int64_t* possible,
                     size_t n_possible, const char* why, int64_t* indices, size_t* n, int64_t* left_out,
                     size_t* n_left_out) OC_NOEXCEPT;
} oc_index_sets_1;

#endif
