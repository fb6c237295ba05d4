#include "plugins/models/common/weights/quoted_name.hpp"

#include <nlohmann/json.hpp>

namespace ocellus::models {

std::string quoted_name(std::string_view name) {
  constexpr std::size_t limit = 160;
  const nlohmann::json shown = std::string(name.substr(0, limit)) + (name.size() > limit ? "…" : "");
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ocellus::models
