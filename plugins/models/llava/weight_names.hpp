// The names that weights have in folders of Hugging Face's form.
#pragma once

#include <string>
#include <string_view>

namespace ocellus::llava {

// The name in weight_table of a weight named as the hub's folders do (`language_model.model.`, `vision_tower.`,
// `multi_modal_projector.`), as the class does since transformers 4.52 (`model.` before each), or with the prefix a
// training framework leaves; empty for tables that are computed. An unknown name is given back as it is.
std::string table_name(std::string_view stored);

}  // namespace ocellus::llava
