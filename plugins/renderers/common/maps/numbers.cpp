#include "plugins/renderers/common/maps/numbers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <ocellus/sdk/error.hpp>

namespace ocellus::maps {
namespace {

// Past the number at the beginning of [begin, end); nullptr where there is none.
template <class T>
const char* read(const char* begin, const char* end, T& value) {
  const auto [next, error] = std::from_chars(begin, end, value);
  return error == std::errc() && std::isfinite(value) ? next : nullptr;
}

}  // namespace

std::optional<float> number_of(const char* key, const std::string& text) {
  if (text.empty()) return std::nullopt;
  float value = 0;
  const char* const end = text.data() + text.size();
  if (read(text.data(), end, value) != end) {
    throw Error(OC_E_OPTION, fmt::format("{}={} is not a number: give one such as {}=0.01, or leave it out to take the "
                                         "map's own",
                                         key, text, key));
  }
  return value;
}

std::vector<double> numbers_of(const char* key, const std::string& text) {
  std::vector<double> values;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    double value = 0;
    at = read(at, end, value);
    const bool more = at != nullptr && at != end && *at == '+' && at + 1 != end;
    if (at == nullptr || (at != end && !more)) {
      throw Error(OC_E_OPTION,
                  fmt::format("{}={} is not a list of numbers: give one such as {}=0.001+0.01", key, text, key));
    }
    values.push_back(value);
    if (more) ++at;
  }
  return values;
}

}  // namespace ocellus::maps
