/* A method in plain C against nothing but <ocellus/abi.h>: the attention of the last prompt row in one layer, averaged
 * over the heads, on the cells of every image. */
#include <ocellus/abi.h>
#include <stdlib.h>
#include <string.h>

typedef struct method {
  const oc_host* host;
  const oc_options* options;
  const oc_options_1* read;
  const oc_plan_1* plan;
  const oc_layout_1* layout;
  const oc_artifact_1* artifact;
  float* mean; /* [n_tokens] of the prompt, by token index; NULL before plan */
  int captured;
} method;

static oc_status out_of_memory(const method* self) {
  return self->host->fail(self->host, OC_E_MEMORY, "out of memory");
}

static oc_status create(const oc_host* host, const oc_options* options, void** out) {
  method* self = calloc(1, sizeof *self);
  if (self == NULL) return host->fail(host, OC_E_MEMORY, "out of memory");
  self->host = host;
  self->options = options;
  self->read = host->service(host, OC_SERVICE_OPTIONS);
  self->plan = host->service(host, OC_SERVICE_PLAN);
  self->layout = host->service(host, OC_SERVICE_LAYOUT);
  self->artifact = host->service(host, OC_SERVICE_ARTIFACT);
  if (self->read == NULL || self->plan == NULL || self->layout == NULL || self->artifact == NULL) {
    free(self);
    return host->fail(host, OC_E_UNSUPPORTED, "this host lacks a service that c-mean-attention needs");
  }
  *out = self;
  return OC_OK;
}

static void destroy(void* pointer) {
  method* self = pointer;
  free(self->mean);
  free(self);
}

static oc_status plan(void* pointer, const oc_run* run, oc_plan* wishes) {
  method* self = pointer;
  const oc_stack* stack = self->layout->stack(run, "language");
  if (stack == NULL) return self->host->fail(self->host, OC_E_UNSUPPORTED, "the model has no language stack");
  free(self->mean);
  self->captured = 0;
  self->mean = calloc((size_t)self->layout->prompt_tokens(run), sizeof *self->mean);
  if (self->mean == NULL) return out_of_memory(self);

  int64_t layer = 0;
  size_t n_layers = 0;
  oc_status status = self->read->indices(self->options, "layers", "layer", stack->n_layers, NULL, &n_layers);
  if (status != OC_OK) return status;
  if (n_layers != 1)
    return self->host->fail(self->host, OC_E_OPTION, "c-mean-attention draws one layer: write layers=N");
  status = self->read->indices(self->options, "layers", "layer", stack->n_layers, &layer, &n_layers);
  if (status != OC_OK) return status;

  const oc_select layers = {sizeof layers, OC_SELECT_INDICES, 0, &layer, 1};
  const oc_select last = {sizeof last, OC_SELECT_LAST, 0, NULL, 0};
  const oc_select images = {sizeof images, OC_SELECT_IMAGE, -1, NULL, 0};
  oc_probe probe;
  memset(&probe, 0, sizeof probe);
  probe.struct_size = sizeof probe;
  probe.kind = OC_PROBE_ATTENTION;
  probe.stack = "language";
  probe.layers = &layers;
  probe.queries = &last;
  probe.keys = &images;
  uint32_t id = 0;
  return self->plan->probe(wishes, &probe, &id);
}

static oc_status capture(void* pointer, const oc_run* run, const oc_capture* piece) {
  method* self = pointer;
  (void)run;
  const float* values = (const float*)((const char*)piece->tensor->dl.data + piece->tensor->dl.byte_offset);
  for (size_t head = 0; head < piece->n_heads; ++head) {
    for (size_t key = 0; key < piece->n_keys; ++key) {
      self->mean[piece->keys[key]] += values[head * piece->n_keys + key] / (float)piece->n_heads;
    }
  }
  self->captured = 1;
  return OC_OK;
}

/* A tensor [rows, cols] that owns its memory. */
typedef struct map {
  oc_tensor tensor;
  int64_t shape[2];
  float values[];
} map;

static void free_map(oc_tensor* tensor) {
  free(tensor->manager_ctx);
}

static map* new_map(const oc_grid* grid) {
  map* made = calloc(1, sizeof *made + (size_t)grid->rows * grid->cols * sizeof(float));
  if (made == NULL) return NULL;
  made->shape[0] = grid->rows;
  made->shape[1] = grid->cols;
  made->tensor.version.major = OC_DLPACK_MAJOR;
  made->tensor.version.minor = OC_DLPACK_MINOR;
  made->tensor.manager_ctx = made;
  made->tensor.deleter = free_map;
  made->tensor.dl.data = made->values;
  made->tensor.dl.device.device_type = OC_DEVICE_CPU;
  made->tensor.dl.ndim = 2;
  made->tensor.dl.dtype.code = OC_DTYPE_FLOAT;
  made->tensor.dl.dtype.bits = 32;
  made->tensor.dl.dtype.lanes = 1;
  made->tensor.dl.shape = made->shape;
  return made;
}

static oc_status commit_map(const method* self, const oc_run* run, const oc_layout* layout, const oc_grid* grid) {
  map* made = new_map(grid);
  if (made == NULL) return out_of_memory(self);
  for (size_t i = 0; i < layout->n_cells; ++i) {
    const oc_cell* cell = &layout->cells[i];
    if (cell->image == grid->image) made->values[cell->row * grid->cols + cell->col] = self->mean[cell->token];
  }
  oc_artifact* artifact = NULL;
  oc_status status = self->artifact->open(run, "heatmap/1", "", grid->image, &artifact);
  if (status != OC_OK) {
    free_map(&made->tensor);
    return status;
  }
  status = self->artifact->put_tensor(artifact, "values", &made->tensor);
  return status != OC_OK ? status : self->artifact->commit(artifact);
}

static oc_status finish(void* pointer, const oc_run* run) {
  method* self = pointer;
  const oc_layout* layout = self->layout->layout(run, "language", 0);
  if (!self->captured || layout == NULL) {
    return self->host->fail(self->host, OC_E_INTERNAL, "the row that was asked for did not come");
  }
  if (layout->n_grids == 0) return self->host->fail(self->host, OC_E_SAMPLE, "c-mean-attention needs an image");
  oc_status status = OC_OK;
  for (size_t i = 0; status == OC_OK && i < layout->n_grids; ++i) {
    status = commit_map(self, run, layout, &layout->grids[i]);
  }
  return status;
}

static const oc_method_1 table = {sizeof(oc_method_1), 0, create, destroy, plan, capture, finish};
static const oc_param layers = {
    sizeof(oc_param), OC_PARAM_INDEX_SET, "layers", "the decoder layer to show", "-1", 0, 0, NULL};
static const oc_param* const params[] = {&layers, NULL};
static const char* const probes[] = {OC_PROBE_ATTENTION "@language", NULL};
static const char* const produces[] = {"heatmap/1", NULL};
static const oc_plugin plugin = {.struct_size = sizeof(oc_plugin),
                                 .id = "c-mean-attention",
                                 .kind = OC_KIND_METHOD,
                                 .summary = "mean attention of the last prompt row, in C",
                                 .table = &table,
                                 .params = params,
                                 .probes = probes,
                                 .produces = produces};
static const oc_plugin* const plugins[] = {&plugin};
static const oc_package package = {sizeof(oc_package), OC_ABI_MINOR, 1,  1,      "org.example.c-method", "1.0",
                                   "nobody",           "Apache-2.0", "", plugins};

const oc_package* ocellus_package_v0(void) {
  return &package;
}
