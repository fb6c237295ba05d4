// All services by id (abi/services.h). One file each implements them.
#pragma once

#include <ocellus/abi/services.h>

namespace ocellus::services {

// NULL = this host has none of that id.
const void* service_table(const char* id) noexcept;

extern const oc_options_1 options_service;
extern const oc_plan_1 plan_service;
extern const oc_artifact_1 artifact_service;
extern const oc_layout_1 layout_service;
extern const oc_tokens_1 tokens_service;
extern const oc_record_1 record_service;
extern const oc_media_1 media_service;
extern const oc_output_1 output_service;
extern const oc_log_1 log_service;
extern const oc_variant_1 variant_service;
extern const oc_memory_1 memory_service;
extern const oc_images_1 images_service;
extern const oc_index_sets_1 index_sets_service;
extern const oc_collection_1 collection_service;
extern const oc_samples_1 samples_service;
extern const oc_scores_1 scores_service;
extern const oc_answer_1 answer_service;
extern const oc_token_ids_1 token_ids_service;

}  // namespace ocellus::services
