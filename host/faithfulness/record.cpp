#include "host/faithfulness/record.hpp"

#include <algorithm>

namespace ocellus::faithfulness {
namespace {

using nlohmann::ordered_json;

void put(ordered_json& record, const Areas& areas) {
  for (const auto& [name, member] : area_names()) record[name] = areas.*member;
}

Areas read_areas(const ordered_json& record) {
  Areas areas;
  for (const auto& [name, member] : area_names()) areas.*member = record.at(name).get<double>();
  return areas;
}

}  // namespace

ordered_json report_record(const Report& report) {
  ordered_json record{{"settings", report.settings.record},
                      {"tokens", report.tokens},
                      {"clean", report.clean},
                      {"inputs", report.judged.n_inputs},
                      {"maps", ordered_json::array()}};
  for (const Judgement& judgement : report.judged.maps) {
    ordered_json entry{{"label", judgement.label}, {"image", judgement.image}};
    if (judgement.layer) entry["layer"] = *judgement.layer;
    put(entry, judgement.map);
    put(entry["random"], judgement.random);
    put(entry["centre"], judgement.centre);
    if (judgement.oracle) put(entry["oracle"], *judgement.oracle);
    record["maps"].push_back(std::move(entry));
  }
  return record;
}

std::vector<Judgement> read_judgements(const ordered_json& record) {
  std::vector<Judgement> judgements;
  for (const ordered_json& entry : record.at("maps")) {
    Judgement& judgement = judgements.emplace_back();
    judgement.label = entry.at("label").get<std::string>();
    judgement.image = entry.at("image").get<int32_t>();
    if (entry.contains("layer")) judgement.layer = entry["layer"].get<int64_t>();
    judgement.map = read_areas(entry);
    judgement.random = read_areas(entry.at("random"));
    judgement.centre = read_areas(entry.at("centre"));
    if (entry.contains("oracle")) judgement.oracle = read_areas(entry["oracle"]);
  }
  return judgements;
}

std::optional<double> number_of(const Judgement& judgement, std::string_view name) {
  constexpr std::string_view prefix = "faithfulness.";
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  const std::string_view number = name.substr(0, name.find('.'));
  const std::string_view of = number.size() < name.size() ? name.substr(number.size() + 1) : "map";
  const Areas* areas = of == "map"                          ? &judgement.map
                       : of == "random"                     ? &judgement.random
                       : of == "centre"                     ? &judgement.centre
                       : of == "oracle" && judgement.oracle ? &*judgement.oracle
                                                            : nullptr;
  const auto known =
      std::find_if(area_names().begin(), area_names().end(), [&](const AreaName& each) { return number == each.name; });
  if (areas == nullptr || known == area_names().end()) return std::nullopt;
  return areas->*known->member;
}

}  // namespace ocellus::faithfulness
