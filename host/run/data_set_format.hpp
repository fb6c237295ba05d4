// Which published form a data set has, told by its fields. docs/data-sets.md has the table.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace ocellus::run {

struct DataSetFormat {
  const char* name;                             // "MME questions"; "" = the general form, which any fields make
  std::vector<std::vector<const char*>> needs;  // what every entry has: one field of each list
};

// A field that is null counts as missing. `entry` is an object.
bool has_field(const nlohmann::ordered_json& entry, const char* key);

// The form of a file whose first entry is `entry`, an object. Lives as long as the program.
const DataSetFormat& recognise_format(const nlohmann::ordered_json& entry);

// Throws Error(OC_E_MODEL) saying what `entry`, an object, lacks of the form that the file's first entry has.
void expect_format(const DataSetFormat& format, const nlohmann::ordered_json& entry);

}  // namespace ocellus::run
