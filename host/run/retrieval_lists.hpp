// The queries and candidates of a retrieval, from the command line, folders and files.
#pragma once

#include <string>
#include <vector>

#include "host/run/retrieval.hpp"

namespace ocellus::run {

// `images` are pictures, and folders that stand for the pictures in them, by name. A file is JSON Lines or a JSON array
// of objects with `image` and, if wanted, `id` and `caption`; relative pictures start at its folder. Throws
// Error(OC_E_OPTION) where nothing is given or captions are not as many as pictures, Error(OC_E_MODEL) for a file that
// cannot be meant and for a folder without pictures.
std::vector<Candidate> read_candidates(const Retrieval& retrieval, const std::vector<std::string>& images);

// The one of the command line, or those of a file: objects with `text` or `image` or both and, if wanted, `id` (else
// their place) and `truth`, an id of `candidates` or a list of them. Throws as above.
std::vector<Query> read_queries(const Retrieval& retrieval, const std::vector<Candidate>& candidates);

}  // namespace ocellus::run
