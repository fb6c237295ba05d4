// Any bytes are a data set or an Error, and every sample of one has something to ask and names only its own pictures.
#include <ocellus/sdk/error.hpp>

#include "host/run/data_set.hpp"
#include "tests/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ocellus::test::MemoryFile file(data, size);
  try {
    for (const ocellus::run::Sample& sample : ocellus::run::read_data_set(file.path(), {"", "", ""})) {
      if (sample.turns.empty()) std::abort();
      size_t n_placed = 0;
      for (const ocellus::run::Turn& turn : sample.turns) {
        for (const ocellus::run::Part& part : turn.parts) {
          if (part.is_image && part.image != n_placed++) std::abort();
        }
      }
      if (sample.fault.empty() && n_placed != sample.images.size()) std::abort();
      for (const ocellus::run::Box& box : sample.boxes)
        if (box.image < 0) std::abort();
    }
  } catch (const ocellus::Error&) {
  }
  return 0;
}
