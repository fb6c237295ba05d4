#include "plugins/renderers/export/head_records.hpp"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plugins/renderers/export/npy.hpp"
#include "plugins/renderers/export/pickle_writer.hpp"
#include "plugins/renderers/export/zip_writer.hpp"

namespace ocellus::exporting {
namespace {

std::vector<int64_t> numbers_of(const ArtifactView& artifact, const char* key) {
  const std::span<const int64_t> flat = artifact.tensor<int64_t>(key).flat();
  return {flat.begin(), flat.end()};
}

std::string json_string(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text(1, '"');
  for (const char c : field) text.append(c == '"' ? 2 : 1, c);
  return text.append(1, '"');
}

}  // namespace

HeadRecords::HeadRecords(const ArtifactView& artifact)
    : samples(lines_of(artifact.text("sample"))),
      categories(lines_of(artifact.text("category"))),
      layers(numbers_of(artifact, "layers")),
      heads(numbers_of(artifact, "heads")) {
  std::istringstream names(artifact.text("quantities"));
  for (std::string name; names >> name;) {
    values.push_back(artifact.tensor<float>(name.c_str()));
    quantities.push_back(name);
  }
}

std::string records_pt(const HeadRecords& records) {
  PickleWriter pickle;
  pickle.begin_list();
  for (size_t sample = 0; sample < records.samples.size(); ++sample) {
    pickle.begin_dict();
    pickle.text("category");
    pickle.text(records.categories[sample]);
    pickle.text("per_layer");
    pickle.begin_list();
    for (size_t layer = 0; layer < records.layers.size(); ++layer) {
      pickle.begin_dict();
      for (size_t quantity = 0; quantity < records.quantities.size(); ++quantity) {
        pickle.text(records.quantities[quantity]);
        pickle.begin_dict();
        for (size_t head = 0; head < records.heads.size(); ++head) {
          pickle.integer(static_cast<int32_t>(records.heads[head]));
          pickle.number(static_cast<double>(records.at(quantity, sample, layer, head)));
        }
        pickle.end_dict();
      }
      pickle.end_dict();
    }
    pickle.end_list();
    pickle.end_dict();
  }
  pickle.end_list();
  return torch_file(pickle.finish());
}

std::string records_json(const HeadRecords& records) {
  std::string json = "[";
  const auto out = std::back_inserter(json);
  for (size_t sample = 0; sample < records.samples.size(); ++sample) {
    fmt::format_to(out, "{}\n{{\"category\": {}, \"per_layer\": [", sample > 0 ? "," : "",
                   json_string(records.categories[sample]));
    for (size_t layer = 0; layer < records.layers.size(); ++layer) {
      json += layer > 0 ? ", {" : "{";
      for (size_t quantity = 0; quantity < records.quantities.size(); ++quantity) {
        fmt::format_to(out, "{}{}: {{", quantity > 0 ? ", " : "", json_string(records.quantities[quantity]));
        for (size_t head = 0; head < records.heads.size(); ++head) {
          fmt::format_to(out, "{}\"{}\": {}", head > 0 ? ", " : "", records.heads[head],
                         records.at(quantity, sample, layer, head));
        }
        json += '}';
      }
      json += '}';
    }
    json += "]}";
  }
  return json + "\n]\n";
}

std::string records_npz(const HeadRecords& records) {
  ZipWriter zip;
  for (size_t quantity = 0; quantity < records.quantities.size(); ++quantity)
    zip.add(records.quantities[quantity] + ".npy",
            npy(records.values[quantity].flat(), records.values[quantity].shape()));
  zip.add("layers.npy", npy(std::span<const int64_t>(records.layers), {static_cast<int64_t>(records.layers.size())}));
  zip.add("heads.npy", npy(std::span<const int64_t>(records.heads), {static_cast<int64_t>(records.heads.size())}));
  zip.add("sample.npy", npy(records.samples));
  zip.add("category.npy", npy(records.categories));
  return zip.finish();
}

std::string records_csv(const HeadRecords& records) {
  std::string csv = "sample,category,layer,head";
  for (const std::string& quantity : records.quantities) csv.append(1, ',').append(quoted(quantity));
  csv += '\n';
  const auto out = std::back_inserter(csv);
  for (size_t sample = 0; sample < records.samples.size(); ++sample) {
    const std::string name = quoted(records.samples[sample]), category = quoted(records.categories[sample]);
    for (size_t layer = 0; layer < records.layers.size(); ++layer) {
      for (size_t head = 0; head < records.heads.size(); ++head) {
        fmt::format_to(out, "{},{},{},{}", name, category, records.layers[layer], records.heads[head]);
        for (size_t quantity = 0; quantity < records.quantities.size(); ++quantity)
          fmt::format_to(out, ",{}", records.at(quantity, sample, layer, head));
        csv += '\n';
      }
    }
  }
  return csv;
}

}  // namespace ocellus::exporting
