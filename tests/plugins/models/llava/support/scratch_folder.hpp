// A copy of a fixture's model folder that a test may spoil.
#pragma once

#include <string>

#include "tests/plugins/models/llava/support/fixture.hpp"
#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::test {

struct ScratchFolder : ScratchCopy {
  // Copies <case>/model.
  explicit ScratchFolder(const std::string& fixture_case) : ScratchCopy(fixture_root() / fixture_case / "model") {}
};

}  // namespace ocellus::test
