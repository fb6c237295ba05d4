// Curves of all maps of a sample, and of the controls of their grids: every masked picture is shown to the model once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/faithfulness/curve.hpp"
#include "host/faithfulness/order.hpp"
#include "host/faithfulness/settings.hpp"
#include "host/media/decoder.hpp"
#include "host/store/heatmap.hpp"
#include "host/store/schema.hpp"

namespace ocellus::faithfulness {

struct MapOfImage {
  std::string label;  // of the method, with the name of the artifact and "head3" where those tell it apart
  int32_t image = 0;
  store::Heatmap map;
  // The token of the answer that it is a map of; none = the answer. Maps of one label, layer and image that are of
  // tokens are judged each by its own token, and have one judgement, the mean.
  std::optional<size_t> token{};
};

// Those of all methods that mean something and know where their cells lie; of a token-steps/1 those of the answer's
// tokens, as "<label>.words".
std::vector<MapOfImage> maps_of(const std::vector<store::ArtifactData>& artifacts);

struct KnownPicture {
  media::Picture picture;
  std::vector<Box> boxes;
};

// A sample's input with one picture exchanged.
struct AlteredInput {
  int32_t image;
  media::Picture picture;
};

// What the model says to one input.
struct Replies {
  Reply answer;
  std::vector<Reply> tokens;  // of each token of the answer; empty if no map is of one
};

// Shows the model the inputs 0 ... n - 1; the replies in their order. `input` may be called on any thread.
using Ask = std::function<std::vector<Replies>(size_t n, const std::function<AlteredInput(size_t)>& input)>;

// What ordered the cells of a curve.
enum class Source { map, random, centre, oracle };
const char* source_name(Source source);
// Throws Error(OC_E_MODEL) for another name.
Source source_named(std::string_view name);

struct JudgedCurve {
  Source source = Source::map;
  std::string label;  // of a map; else the source's name
  std::optional<int64_t> layer;
  size_t grid = 0;  // maps and controls of one grid share a number; those of tokens have one of their own
  Curve curve;      // of random the mean over its orders, of maps of tokens over these
  Areas areas;
};

// A map beside its controls, as numbers.
struct Judgement {
  std::string label;
  std::optional<int64_t> layer;
  int32_t image = 0;
  Areas map, random, centre;
  std::optional<Areas> oracle;  // where a box is known
};

struct Judged {
  std::vector<Judgement> maps;                         // in the order given
  std::map<int32_t, std::vector<JudgedCurve>> curves;  // by image: maps, then the controls of each grid
  size_t n_inputs = 0;                                 // that the model was shown, without the clean one
};

// `pictures` are those of the sample, `clean` is the reply to them as they are. `seed` decides random orders and ties.
Judged judge(const std::vector<MapOfImage>& maps, const std::vector<KnownPicture>& pictures, const Settings& settings,
             uint64_t seed, const Replies& clean, const Ask& ask);

// How many inputs the model is shown at most: for each map (of a token, if it is of one), for the controls of each grid
// (one of which has all of its picture masked), and for the input as it is.
struct Cost {
  size_t per_map = 0, per_grid = 0, further = 1;
};
Cost cost_of(const Settings& settings, bool boxes_known);

// The score that maps of the same place and name have.
const Judgement* find(const std::vector<Judgement>& judgements, const std::string& label,
                      const std::optional<int64_t>& layer, int32_t image);

}  // namespace ocellus::faithfulness
