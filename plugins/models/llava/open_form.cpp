#include <ocellus/sdk/error.hpp>
#include <string>
#include <utility>

#include "plugins/models/common/config/json_fields.hpp"
#include "plugins/models/llava/checkpoint_form.hpp"
#include "plugins/models/llava/hugging_face_form.hpp"
#include "plugins/models/llava/original_form.hpp"

namespace ocellus::llava {

std::unique_ptr<CheckpointForm> open_form(const std::filesystem::path& folder, const FormOptions& options) {
  const std::filesystem::path path = folder / "config.json";
  const nlohmann::json content = models::read_json_object(path);
  const models::JsonFields fields(content, path.string());
  const std::string type = fields.text("model_type", "llava");
  if (type == "llava_next")
    fields.refuse("model_type", "this is LLaVA-NeXT, whose pictures in any resolution this plugin does not compute");
  for (const char* key : {"image_grid_pinpoints", "mm_patch_merge_type"}) {
    const nlohmann::json* value = fields.find(key);
    if (value != nullptr && *value != "flat")
      fields.refuse(key, "this is LLaVA-NeXT, whose pictures in any resolution this plugin does not compute");
  }
  // Both forms may say "llava": only one of them names its tower apart.
  if (fields.find("mm_vision_tower") != nullptr) {
    if (type != "llava" && type != "llava_llama") fields.refuse("model_type", "this plugin opens 'llava'");
    if (options.force_template)
      throw Error(OC_E_OPTION, "template=force is for folders with a chat template, which " + folder.string() +
                                   ", in LLaVA's original form, has not; its prompt is conv-mode=…");
    return std::make_unique<OriginalForm>(folder, options);
  }
  for (const auto& [option, given] :
       {std::pair("vision-tower", !options.vision_tower.empty()), std::pair("model-base", !options.model_base.empty()),
        std::pair("conv-mode", options.conversation.has_value())}) {
    if (given)
      throw Error(OC_E_OPTION, std::string(option) + "=… is for folders in LLaVA's original form, which " +
                                   folder.string() + " is not; leave it out");
  }
  if (type != "llava") fields.refuse("model_type", "this plugin opens 'llava'");
  return std::make_unique<HuggingFaceForm>(folder, options);
}

}  // namespace ocellus::llava
