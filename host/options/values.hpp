// The values of one plugin's options: the user's text over the table's defaults, parsed by one parser.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/options/index_set.hpp"
#include "host/options/query.hpp"
#include "host/options/spec.hpp"
#include "host/registry/records.hpp"

namespace ocellus::options {

using Value = std::variant<bool, int64_t, double, std::string, IndexSet, oc_query>;

// "number from 0 to 1", "index set", "hot|jet": what --help and messages call the type.
std::string type_name(const registry::ParamRecord& param);

// Throws Error(OC_E_OPTION) naming the option and what it takes.
Value parse_value(const registry::ParamRecord& param, const std::string& text);

class Values {
 public:
  // Every option of `plugin`, those of `spec` as written and the rest by default. Throws Error(OC_E_OPTION) naming
  // the nearest option for an unknown one.
  static Values parse(const registry::PluginRecord& plugin, const Spec& spec);

  // NULL = the plugin has no such option.
  const Value* find(std::string_view key) const;
  const std::string& text(std::string_view key) const { return texts_.find(key)->second; }
  // All options as text, for the run record.
  nlohmann::ordered_json record() const;

 private:
  std::map<std::string, Value, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace ocellus::options
