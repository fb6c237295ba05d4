// What the tokens of a prepared sample are and where they lie, told to the host.
#pragma once

#include <ocellus/sdk/model.hpp>

#include "plugins/models/qavit/config.hpp"
#include "plugins/models/qavit/prepared_sample.hpp"

namespace ocellus::qavit {

// Publishes the layouts of "vision" and "question". Tokens of the tower are, image after image, the class token, which
// has no place, and the patches in raster order; behind them, in blocks that are aware of the question, the question's,
// which are keys alone. (The published class puts the question's keys first; here a token has one number in all
// blocks.) Cells lie where the pixels they were cut from lie in the source.
void publish_layouts(const Sink& sink, const Config& config, const PreparedSample& prepared);

}  // namespace ocellus::qavit
