// Any bytes are a configuration file or an Error, and a file that can be read gives words that begin with options.
#include <ocellus/sdk/error.hpp>

#include "host/cli/config_file.hpp"
#include "tests/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ocellus::test::MemoryFile file(data, size);
  try {
    const std::vector<std::string> words = ocellus::cli::words_of_config(file.path(), {}).words;
    if (!words.empty() && !words.front().starts_with("--")) std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
