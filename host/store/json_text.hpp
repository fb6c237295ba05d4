// JSON as this program writes it: keys in the order put, numbers that read back as they were, the same bytes each time.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ocellus::store {

// For files: two spaces of indentation, a line break at the end. Bytes that are no UTF-8 become U+FFFD. Throws
// Error(OC_E_INTERNAL) with the place of a number that is not finite, which JSON cannot say.
std::string json_text(const nlohmann::ordered_json& json);

// For JSON Lines: the same on one line, without the line break.
std::string json_line(const nlohmann::ordered_json& json);

// `number` where it is finite, else null.
nlohmann::ordered_json number_or_null(double number);

// `text` as a reader finds it in such a file.
std::string text_from_json(const std::string& text);

}  // namespace ocellus::store
