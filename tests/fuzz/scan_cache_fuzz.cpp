// Any bytes are a scan cache: one that cannot be read is empty, and an empty one knows nothing.
#include "host/registry/cache.hpp"
#include "tests/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ocellus::test::MemoryFile file(data, size);
  const ocellus::registry::Cache cache(file.path());
  const auto result = cache.find("/plugins/known.so", {1, 2, 3});
  if (size == 0 && result) std::abort();
  return 0;
}
