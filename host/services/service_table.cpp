#include "host/services/service_table.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace ocellus::services {

const void* service_table(const char* id) noexcept {
  static constexpr std::array<std::pair<std::string_view, const void*>, 18> tables{{
      {OC_SERVICE_OPTIONS, &options_service},
      {OC_SERVICE_PLAN, &plan_service},
      {OC_SERVICE_ARTIFACT, &artifact_service},
      {OC_SERVICE_LAYOUT, &layout_service},
      {OC_SERVICE_TOKENS, &tokens_service},
      {OC_SERVICE_RECORD, &record_service},
      {OC_SERVICE_MEDIA, &media_service},
      {OC_SERVICE_OUTPUT, &output_service},
      {OC_SERVICE_LOG, &log_service},
      {OC_SERVICE_VARIANT, &variant_service},
      {OC_SERVICE_MEMORY, &memory_service},
      {OC_SERVICE_IMAGES, &images_service},
      {OC_SERVICE_INDEX_SETS, &index_sets_service},
      {OC_SERVICE_COLLECTION, &collection_service},
      {OC_SERVICE_SAMPLES, &samples_service},
      {OC_SERVICE_SCORES, &scores_service},
      {OC_SERVICE_ANSWER, &answer_service},
      {OC_SERVICE_TOKEN_IDS, &token_ids_service},
  }};
  if (id == nullptr) return nullptr;
  for (const auto& [name, table] : tables) {
    if (name == id) return table;
  }
  return nullptr;
}

}  // namespace ocellus::services
