// The words around a map: what was asked and answered, and what the map shows.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/renderers/common/maps/stored_map.hpp"

namespace ocellus::maps {

// "mark: text". Text of any direction after a mark that is written left to right: isolated (UAX #9), so that the
// punctuation of a right-to-left sentence stays at its own end.
std::string marked(std::string_view mark, const std::string& text);

// "Q: ...", if it is recorded.
std::vector<std::string> question_of(const Run& run);

// "Q: ..." and "A: ...", as far as they are recorded.
std::vector<std::string> title_of(const Run& run);

// "layer 3", "head 5", "heads mean", "query answer:0", as far as the artifact says.
std::vector<std::string> facts_of(const ArtifactView& artifact, const StoredMap& map);

// "layer 3 · heads mean"
std::string joined_facts(const std::vector<std::string>& facts);

// "raw-attention · image 0 · layer 3 · heads mean · query answer:0 · image mass 0.42", as far as the artifact says. The
// image is named where the sample has several.
std::string subtitle_of(const ArtifactView& artifact, const StoredMap& map, bool several_images);

// "gap 0.81 (random 0.03, centre 0.35, oracle 0.84) · insertion 0.95 · deletion 0.14 · flips at 0.08": the recorded
// faithfulness of the map at `place` in its stack (docs/trust.md); empty where none is recorded.
std::string faithfulness_of(const Run& run, const ArtifactView& artifact, size_t place);

// subtitle_of() maps that differ in the image alone, without what is the image's own.
std::string row_subtitle_of(const ArtifactView& artifact, const StoredMap& map);

}  // namespace ocellus::maps
