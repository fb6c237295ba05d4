// Curves as they are stored and drawn: artifacts curves/1 (docs/output.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/faithfulness/judge.hpp"
#include "host/faithfulness/record.hpp"
#include "host/store/schema.hpp"

namespace ocellus::faithfulness {

struct StoredCurve {
  Source source = Source::map;
  std::string label;
  std::optional<int64_t> layer;
  size_t grid = 0;
  std::vector<double> x, deletion, insertion;
  std::vector<double> deletion_error{}, insertion_error{};  // standard errors, of means over samples; else empty
  Areas areas{};
};

// What values of curves are: "probability of the answer's first token".
std::string value_name(const Settings& settings);

// One of each image that has maps.
std::vector<store::ArtifactData> curves_of(const Report& report);

// `curves`: at least one, all with the same number of points. `image` as in ArtifactData.
store::ArtifactData curves_artifact(const std::vector<StoredCurve>& curves, const std::string& value_name,
                                    int32_t image);

// What curves_artifact made. `artifact` has passed check_schema. Throws Error(OC_E_MODEL) if it is of another type.
std::vector<StoredCurve> read_curves(const store::ArtifactData& artifact);

}  // namespace ocellus::faithfulness
