#include "host/run/foreign_json.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

constexpr int max_depth = 64;

}  // namespace

ordered_json parse_foreign_json(std::string_view text) {
  const auto within_depth = [](int depth, ordered_json::parse_event_t, ordered_json&) {
    if (depth > max_depth)
      throw Error(OC_E_MODEL, fmt::format("its values are nested deeper than {} levels", max_depth));
    return true;
  };
  try {
    return ordered_json::parse(text, within_depth);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(OC_E_MODEL, fmt::format("this is not JSON (at byte {})", error.byte));
  } catch (const nlohmann::json::out_of_range&) {
    throw Error(OC_E_MODEL, "it holds a number beyond the range of double precision");
  }
}

}  // namespace ocellus::run
