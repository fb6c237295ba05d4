// Does a map point at the object? Scores of maps against boxes that are known, and of two controls that look at no map:
// the centre of the picture, and a cell drawn at random. No method is known here: any heatmap is scored.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/run/sample.hpp"
#include "host/store/schema.hpp"

namespace ocellus::run {

// A cell is in the object if its centre lies in a box of the map's image. Ties are shared: of n equally hot cells each
// counts 1/n, so a constant map scores as random does.
struct PointingScore {
  std::string label;  // of the method, with the name of the artifact and "head3" where those tell it apart
  std::optional<int64_t> layer;
  int32_t image = 0;
  double pointing = 0;  // share of the hottest cells in the object
  double energy = 0;    // share of the sum of the positive values in the object; 0 if there are none
  double centre = 0;    // pointing of the cells nearest to the picture's centre
  double random = 0;    // share of all cells in the object: the expectation of both scores for a random map
};

// The width and height in pixels of each image of the sample.
struct ImageSize {
  int64_t width, height;
};

// One score a map whose image has boxes and whose values mean something. Of token-steps/1 one a layer and image,
// labelled "raw-attention.words": the mean over the answer's tokens that are, or are part of, a word of some box's
// label, each scored against the boxes with this word.
std::vector<PointingScore> score_pointing(const std::vector<store::ArtifactData>& artifacts,
                                          const std::vector<Box>& boxes, const std::vector<ImageSize>& images);

// One of a map in its stack, by the name of its column in pointing_csv(); none where its image has no boxes.
std::optional<double> score_of(const std::vector<PointingScore>& scores, const store::ArtifactData& artifact,
                               size_t map, std::string_view score);

nlohmann::ordered_json pointing_record(const std::vector<PointingScore>& scores);
// Reads what pointing_record wrote. Throws nlohmann::json::exception if it is something else.
std::vector<PointingScore> read_pointing(const nlohmann::ordered_json& record);

// Means over samples, by label and layer in the order met.
struct PointingMean {
  PointingScore mean;
  size_t n = 0;
};
class PointingTable {
 public:
  void add(const std::vector<PointingScore>& scores);
  const std::vector<PointingMean>& rows() const { return rows_; }

 private:
  std::vector<PointingMean> rows_;
};

// label,layer,n,pointing,energy,centre,random
std::string pointing_csv(const std::vector<PointingMean>& rows);

}  // namespace ocellus::run
