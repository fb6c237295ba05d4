// What `ocellus rank` asks: which of the candidates matches a query best?
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ocellus::run {

// As the user said it. Candidates are the pictures of Request::images, or those of a file.
struct Retrieval {
  std::string query;                  // text of the one query; may be empty beside a picture
  std::filesystem::path query_image;  // and its picture; "" = none
  std::filesystem::path queries;      // a file of many instead
  std::vector<std::string> captions;  // one for each picture, "" = none; or no captions at all
  std::filesystem::path candidates;   // a file of them instead of pictures
  std::string prompt = "auto";        // a form of match_prompt.hpp, or a file
  bool maps_of_query = false;         // keep maps of the query's picture too
};

struct Candidate {
  std::string id;  // or the picture's name
  std::filesystem::path image;
  std::string caption;  // "" = none
};

struct Query {
  std::string id;  // "" = the only one
  std::string text;
  std::filesystem::path image;                    // "" = none
  std::optional<std::vector<std::string>> truth;  // ids of the right candidates, if known; none of them may be right
};

}  // namespace ocellus::run
