// Pictures of which some cells are not to be seen.
#pragma once

#include <span>

#include "host/faithfulness/grid.hpp"
#include "host/faithfulness/order.hpp"
#include "host/faithfulness/settings.hpp"
#include "host/media/decoder.hpp"

namespace ocellus::faithfulness {

// What is left of `picture` where it is masked: a picture of its size.
media::Picture fill_of(const media::Picture& picture, Fill fill);

// `picture` with the pixels of the cells at `places` taken from `fill`, and all others as they are.
media::Picture masked(const media::Picture& picture, const media::Picture& fill, const Grid& grid,
                      std::span<const uint32_t> places);

}  // namespace ocellus::faithfulness
