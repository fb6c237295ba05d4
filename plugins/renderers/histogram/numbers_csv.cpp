#include "plugins/renderers/histogram/numbers_csv.hpp"

#include <fmt/format.h>

namespace ocellus::histogram {
namespace {

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text(1, '"');
  for (const char c : field) text.append(c == '"' ? 2 : 1, c);
  return text.append(1, '"');
}

std::string bins(const std::vector<Distributions>& runs, const Part& part) {
  std::string csv = "run,model,series,n,bin_from,bin_to,share\n";
  for (const Distributions& of : runs) {
    const Group* group = of.find(part.category, part.layer);
    for (size_t series = 0; group != nullptr && series < of.series.size(); ++series) {
      const Cell& cell = group->series[series];
      for (size_t bin = 0; bin < cell.shares.size(); ++bin)
        csv +=
            fmt::format("{},{},{},{},{},{},{}\n", quoted(of.run), quoted(of.model), quoted(of.series[series]), cell.n,
                        static_cast<float>(of.edges[bin]), static_cast<float>(of.edges[bin + 1]), cell.shares[bin]);
    }
  }
  return csv;
}

std::string means(const std::vector<Distributions>& runs, const Part& part, bool by_head) {
  std::string csv = "run,model,series,category,layer,head,n,mean,ci_low,ci_high,median,std,min,max\n";
  for (const Distributions& of : runs) {
    for (const Group& group : of.groups) {
      const bool shown = group.category == part.category && (group.head >= 0) == by_head && group.layer >= 0 &&
                         (part.layer < 0 || group.layer == part.layer);
      for (size_t series = 0; shown && series < of.series.size(); ++series) {
        const Cell& cell = group.series[series];
        csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", quoted(of.run), quoted(of.model),
                           quoted(of.series[series]), quoted(group.category), group.layer,
                           group.head < 0 ? "" : fmt::format("{}", group.head), cell.n, static_cast<float>(cell.mean),
                           static_cast<float>(cell.low), static_cast<float>(cell.high), static_cast<float>(cell.median),
                           static_cast<float>(cell.std), static_cast<float>(cell.min), static_cast<float>(cell.max));
      }
    }
  }
  return csv;
}

}  // namespace

std::string numbers_csv(const std::vector<Distributions>& runs, const Part& part, const std::string& style) {
  if (style == "layers") return means(runs, part, false);
  return style == "head-bars" || style == "heat" ? means(runs, part, true) : bins(runs, part);
}

}  // namespace ocellus::histogram
