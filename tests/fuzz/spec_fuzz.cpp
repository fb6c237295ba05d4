// Any text is a SPEC or an Error; so is every value of one as index set and as query. Indices that resolve are in
// range.
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "host/options/index_set.hpp"
#include "host/options/query.hpp"
#include "host/options/spec.hpp"
#include "tests/fuzz/memory_file.hpp"

namespace {

template <class Parse>
void survive(Parse&& parse) {
  try {
    parse();
  } catch (const ocellus::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  survive([&] {
    const ocellus::options::Spec spec = ocellus::options::parse_spec(text);
    if (spec.name.empty() || spec.label.empty()) std::abort();
    for (const auto& setting : spec.settings) {
      const std::string& value = setting.second;
      survive([&] { ocellus::options::parse_query(value); });
      survive([&] {
        for (const int64_t index : ocellus::options::IndexSet::parse(value).resolve("layer", 28))
          if (index < 0 || index >= 28) std::abort();
      });
    }
  });
  return 0;
}
