#include "host/faithfulness/curves_artifact.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/run.hpp>

#include "host/store/stored_values.hpp"

namespace ocellus::faithfulness {

std::string value_name(const Settings& settings) {
  const char* score = settings.score == Score::logit ? "logit" : "probability";
  return settings.whole_answer ? fmt::format("mean {} of the answer's tokens", score)
                               : fmt::format("{} of the answer's first token", score);
}

store::ArtifactData curves_artifact(const std::vector<StoredCurve>& curves, const std::string& value_name,
                                    int32_t image) {
  const auto n_curves = static_cast<int64_t>(curves.size());
  const auto n_points = curves.empty() ? 0 : static_cast<int64_t>(curves.front().x.size());
  store::ArtifactData artifact;
  artifact.type = curves_type;
  artifact.label = stage_label;
  artifact.image = image;
  const auto put_lines = [&](const char* key, const std::vector<double> StoredCurve::*member) {
    std::vector<float> values;
    for (const StoredCurve& curve : curves) {
      for (const double value : curve.*member) values.push_back(static_cast<float>(value));
    }
    if (!values.empty()) artifact.tensors.emplace_back(key, store::array_of(values, {n_curves, n_points}));
  };
  put_lines("x", &StoredCurve::x);
  put_lines("deletion", &StoredCurve::deletion);
  put_lines("insertion", &StoredCurve::insertion);
  put_lines("deletion.standard_error", &StoredCurve::deletion_error);
  put_lines("insertion.standard_error", &StoredCurve::insertion_error);
  for (const auto& [name, member] : area_names()) {
    std::vector<float> values;
    for (const StoredCurve& curve : curves) values.push_back(static_cast<float>(curve.areas.*member));
    artifact.tensors.emplace_back(fmt::format("area.{}", name), store::array_of(values, {n_curves}));
  }
  std::vector<int64_t> layers, grids;
  std::vector<std::string> labels, sources;
  for (const StoredCurve& curve : curves) {
    layers.push_back(curve.layer.value_or(-1));
    grids.push_back(static_cast<int64_t>(curve.grid));
    labels.push_back(curve.label);
    sources.emplace_back(source_name(curve.source));
  }
  artifact.tensors.emplace_back("layer", store::array_of(layers, {n_curves}));
  artifact.tensors.emplace_back("grid", store::array_of(grids, {n_curves}));
  artifact.texts = {{"curve", joined_lines(labels)}, {"source", joined_lines(sources)}, {"value", value_name}};
  return artifact;
}

std::vector<store::ArtifactData> curves_of(const Report& report) {
  std::vector<store::ArtifactData> artifacts;
  for (const auto& [image, judged] : report.judged.curves) {
    std::vector<StoredCurve> drawn;
    for (const JudgedCurve& of : judged) {
      drawn.push_back({of.source,
                       of.label,
                       of.layer,
                       of.grid,
                       of.curve.x,
                       of.curve.deletion,
                       of.curve.insertion,
                       {},
                       {},
                       of.areas});
    }
    store::ArtifactData& artifact = artifacts.emplace_back(curves_artifact(drawn, value_name(report.settings), image));
    artifact.texts.emplace_back("fill", report.settings.record.at("fill").get<std::string>());
    artifact.numbers = {{"clean", report.clean}};
    store::check_schema(artifact);
  }
  return artifacts;
}

std::vector<StoredCurve> read_curves(const store::ArtifactData& artifact) {
  if (artifact.type != curves_type)
    throw Error(OC_E_MODEL,
                fmt::format("an artifact of the stage {} is of type {}, which is not what this program writes",
                            artifact.label, artifact.type));
  const auto values = [&](const std::string& key, size_t curve, size_t count) {
    const store::Array* array = store::find_tensor(artifact, key);
    if (array == nullptr) return std::vector<double>{};
    const std::vector<float> read = store::elements_of<float>(*array, curve * count, count);
    return std::vector<double>(read.begin(), read.end());
  };
  const std::vector<int64_t>& shape = store::find_tensor(artifact, "x")->shape;
  const auto layers = store::elements_of<int64_t>(*store::find_tensor(artifact, "layer"));
  const auto grids = store::elements_of<int64_t>(*store::find_tensor(artifact, "grid"));
  const std::vector<std::string> labels = lines_of(*store::find_text(artifact, "curve")),
                                 sources = lines_of(*store::find_text(artifact, "source"));
  std::vector<StoredCurve> curves;
  for (size_t i = 0; i < static_cast<size_t>(shape[0]); ++i) {
    StoredCurve& curve = curves.emplace_back();
    curve.source = source_named(sources[i]);
    curve.label = labels[i];
    if (layers[i] >= 0) curve.layer = layers[i];
    curve.grid = static_cast<size_t>(grids[i]);
    const auto points = static_cast<size_t>(shape[1]);
    curve.x = values("x", i, points);
    curve.deletion = values("deletion", i, points);
    curve.insertion = values("insertion", i, points);
    for (const auto& [name, member] : area_names()) {
      if (const auto area = values(fmt::format("area.{}", name), i, 1); !area.empty()) curve.areas.*member = area[0];
    }
  }
  return curves;
}

}  // namespace ocellus::faithfulness
