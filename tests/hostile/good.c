/* A package as it should be: a method with options of several types and a model. */
#include "package.h"

static const char* const modes[] = {"mean", "the mean of all heads", "max", "the largest head", NULL};
static const oc_param layers = {sizeof(oc_param), OC_PARAM_INDEX_SET, "layers", "layers to show", "-1", 0, 0, NULL};
static const oc_param heads = {sizeof(oc_param), OC_PARAM_INDEX, "heads", "heads to show", "mean", 0, 0, modes};
static const oc_param alpha = {sizeof(oc_param), OC_PARAM_FLOAT, "alpha", "opacity", "0.6", 0, 1, NULL};
static const oc_param* const params[] = {&layers, &heads, &alpha, NULL};
static const char* const probes[] = {"attention/1@language", NULL};
static const char* const produces[] = {"heatmap/1", "heatmap-stack/1", NULL};
static const oc_plugin method = {.struct_size = sizeof(oc_plugin),
                                 .id = "still-life",
                                 .kind = OC_KIND_METHOD,
                                 .summary = "shows what lies still",
                                 .table = &hostile_table,
                                 .params = params,
                                 .probes = probes,
                                 .produces = produces};

static const oc_stack* stack(void* self, uint32_t index) {
  (void)self, (void)index;
  return NULL;
}
static const char* file(void* self, uint32_t index) {
  (void)self, (void)index;
  return NULL;
}
static void describe(void* self, void* context, oc_put_text put) {
  (void)self, (void)context, (void)put;
}
static oc_status refuse_create(const oc_host* host, const oc_model_settings* settings, const oc_options* options,
                               void** self) {
  (void)settings, (void)options, (void)self;
  return host->fail(host, OC_E_MODEL, "this model opens nothing");
}
static oc_status encode(void* self, const char* text, size_t n, void* context, oc_put_token put) {
  (void)self, (void)text, (void)n, (void)context, (void)put;
  return OC_OK;
}
static oc_status token_bytes(void* self, int64_t id, const char** bytes, size_t* n) {
  (void)self, (void)id, (void)bytes, (void)n;
  return OC_E_INTERNAL;
}
static oc_status prepare(void* self, const oc_sample* sample, const oc_sink* sink, void** prepared) {
  (void)self, (void)sample, (void)sink, (void)prepared;
  return OC_E_INTERNAL;
}
static void release(void* self, void* prepared) {
  (void)self, (void)prepared;
}
static oc_status estimate(void* self, const void* prepared, const oc_merged_plan* plan, oc_cost* cost) {
  (void)self, (void)prepared, (void)plan, (void)cost;
  return OC_E_INTERNAL;
}
static oc_status load(void* self) {
  (void)self;
  return OC_E_INTERNAL;
}
static oc_status execute(void* self, const void* prepared, const oc_merged_plan* plan, const oc_sink* sink) {
  (void)self, (void)prepared, (void)plan, (void)sink;
  return OC_E_INTERNAL;
}
static const oc_model_1 model_table = {
    sizeof(oc_model_1), 0,       refuse_create, hostile_destroy, stack, file,   describe, encode,
    token_bytes,        prepare, release,       estimate,        load,  execute};
static const char* const opens[] = {"still_life_vl", "StillLifeForConditionalGeneration", NULL};
static const oc_plugin model = {.struct_size = sizeof(oc_plugin),
                                .id = "still_life_vl",
                                .kind = OC_KIND_MODEL,
                                .summary = "a model of nothing",
                                .table = &model_table,
                                .opens = opens,
                                .probes = probes};

static const oc_plugin* const plugins[] = {&method, &model};
static const oc_package package = HOSTILE_PACKAGE("org.example.good", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
