// Scored samples, as a contact sheet shows them: all that is known of them but pictures and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ocellus/sdk/run.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/maps/stored_map.hpp"

namespace ocellus::contact_sheet {

// A map of a candidate's picture: where it is stored, and what tells it from others of the sample.
struct CandidateMap {
  size_t artifact = 0, place = 0;
  std::string label, name, layers, step;  // those of two samples that agree in all four go together
  int32_t file_layer = -1;
  drawing::ValueRange range{};
  std::string degenerate;  // why it means nothing
  std::vector<std::string> facts;
};

struct Candidate {
  size_t sample = 0;    // of all samples
  size_t artifact = 0;  // that has its scores
  std::string run, model, label;
  std::string query, question;  // id of its query, and its words
  std::string file;             // name of its picture
  int32_t image = 0;            // that it is, of its sample
  int width = 0, height = 0;
  std::vector<double> keys;                             // smaller ones first, the first decides
  std::vector<std::pair<std::string, double>> numbers;  // the score, then what decides ties
  std::vector<CandidateMap> maps;
};

// Of the samples that `run` is to draw together; those without scores are left out.
std::vector<Candidate> candidates_of(const Run& run);

}  // namespace ocellus::contact_sheet
