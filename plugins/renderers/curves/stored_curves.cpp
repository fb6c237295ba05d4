#include "plugins/renderers/curves/stored_curves.hpp"

namespace ocellus::curves {
namespace {

StoredCurve::Line line_of(const ArtifactView& artifact, const std::string& name, size_t curve) {
  StoredCurve::Line line;
  const std::span<const float> values = artifact.tensor<float>(name.c_str()).row(curve);
  line.values.assign(values.begin(), values.end());
  if (const std::string errors = name + ".standard_error"; artifact.has(errors.c_str())) {
    const std::span<const float> stored = artifact.tensor<float>(errors.c_str()).row(curve);
    line.errors.assign(stored.begin(), stored.end());
  }
  line.area = static_cast<double>(artifact.tensor<float>(("area." + name).c_str())(curve));
  return line;
}

}  // namespace

std::vector<StoredCurve> curves_of(const ArtifactView& artifact) {
  const std::vector<std::string> labels = lines_of(artifact.text("curve")), sources = lines_of(artifact.text("source"));
  const TensorView<int64_t> layers = artifact.tensor<int64_t>("layer");
  std::vector<StoredCurve> curves;
  for (size_t i = 0; i < labels.size(); ++i) {
    StoredCurve& curve = curves.emplace_back();
    curve.label = labels[i];
    curve.source = sources[i];
    curve.layer = layers(i);
    const std::span<const float> x = artifact.tensor<float>("x").row(i);
    curve.x.assign(x.begin(), x.end());
    curve.deletion = line_of(artifact, "deletion", i);
    curve.insertion = line_of(artifact, "insertion", i);
    curve.gap = curve.insertion.area - curve.deletion.area;
  }
  return curves;
}

}  // namespace ocellus::curves
