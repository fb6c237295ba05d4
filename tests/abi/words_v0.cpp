// The words of ABI v0.1: ids of kinds, services and probes, as they were released.
#include <ocellus/abi.h>

#include <string_view>

#define FROZEN(name, value) static_assert(std::string_view(name) == value, #name)

FROZEN(OC_PACKAGE_ENTRY, "ocellus_package_v0");
FROZEN(OC_KIND_MODEL, "ocellus.model/1");
FROZEN(OC_KIND_METHOD, "ocellus.method/1");
FROZEN(OC_KIND_RENDERER, "ocellus.renderer/1");

FROZEN(OC_PROBE_ATTENTION, "attention/1");
FROZEN(OC_PROBE_MASS, "attention-mass/1");
FROZEN(OC_PROBE_HIDDEN, "hidden/1");
FROZEN(OC_PROBE_LOGITS, "logits/1");
FROZEN(OC_PROBE_INPUT, "input/1");
FROZEN(OC_PROBE_GRADIENT, "gradient/1");
FROZEN(OC_PROBE_TARGET, "target/1");
FROZEN(OC_PROBE_ATTENTION_GRADIENT, "attention-gradient/1");
FROZEN(OC_PROBE_KNOCKOUT, "knockout/1");

FROZEN(OC_SERVICE_OPTIONS, "ocellus.options/1");
FROZEN(OC_SERVICE_PLAN, "ocellus.plan/1");
FROZEN(OC_SERVICE_ARTIFACT, "ocellus.artifact/1");
FROZEN(OC_SERVICE_LAYOUT, "ocellus.layout/1");
FROZEN(OC_SERVICE_TOKENS, "ocellus.tokens/1");
FROZEN(OC_SERVICE_RECORD, "ocellus.record/1");
FROZEN(OC_SERVICE_MEDIA, "ocellus.media/1");
FROZEN(OC_SERVICE_OUTPUT, "ocellus.output/1");
FROZEN(OC_SERVICE_LOG, "ocellus.log/1");
FROZEN(OC_SERVICE_VARIANT, "ocellus.variant/1");
FROZEN(OC_SERVICE_MEMORY, "ocellus.memory/1");
FROZEN(OC_SERVICE_IMAGES, "ocellus.images/1");
FROZEN(OC_SERVICE_INDEX_SETS, "ocellus.index-sets/1");
FROZEN(OC_SERVICE_COLLECTION, "ocellus.collection/1");
FROZEN(OC_SERVICE_SAMPLES, "ocellus.samples/1");
FROZEN(OC_SERVICE_SCORES, "ocellus.scores/1");
FROZEN(OC_SERVICE_ANSWER, "ocellus.answer/1");
FROZEN(OC_SERVICE_TOKEN_IDS, "ocellus.token-ids/1");

FROZEN(OC_ACCEPTS_SAMPLES, "samples/1");
