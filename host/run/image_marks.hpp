// "<image>" in a text says where a picture stands, as in LLaVA's and Reason-RFT's files.
#pragma once

#include "host/run/sample.hpp"

namespace ocellus::run {

// Puts the pictures of a sample, whose turns are texts only so far, into its user turns: in order at the marks, with
// the line break on either side of a mark going with it; a single turn without marks has them all before its text.
// Where there are marks for more or fewer pictures than there are, the sample has a fault.
void place_pictures(Sample& sample);

}  // namespace ocellus::run
