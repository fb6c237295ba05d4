#include "plugins/renderers/common/fonts.hpp"

#include <fmt/format.h>
#include <fontconfig/fontconfig.h>

#include <memory>
#include <ocellus/sdk/error.hpp>

namespace ocellus::drawing {
namespace {

bool has_family(const std::string& family) {
  for (const char* generic : {"sans-serif", "serif", "monospace"}) {
    if (family == generic) return true;
  }
  const std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)> pattern(FcPatternCreate(), FcPatternDestroy);
  FcPatternAddString(pattern.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>(family.c_str()));
  const std::unique_ptr<FcObjectSet, decltype(&FcObjectSetDestroy)> wanted(
      FcObjectSetBuild(FC_FAMILY, static_cast<char*>(nullptr)), FcObjectSetDestroy);
  const std::unique_ptr<FcFontSet, decltype(&FcFontSetDestroy)> found(FcFontList(nullptr, pattern.get(), wanted.get()),
                                                                      FcFontSetDestroy);
  return found != nullptr && found->nfont > 0;
}

}  // namespace

void expect_font_family(const std::string& family) {
  if (has_family(family)) return;
  throw Error(OC_E_OPTION,
              fmt::format("there is no font family '{}' here: `fc-list : family` lists what is installed", family));
}

}  // namespace ocellus::drawing
