#include "host/registry/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <exception>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

namespace ocellus::registry {

bool has_entry(const std::filesystem::path& library) {
  try {
    boost::dll::library_info info(library);
    const std::vector<std::string> symbols = info.symbols();
    return std::find(symbols.begin(), symbols.end(), OC_PACKAGE_ENTRY) != symbols.end();
  } catch (const std::exception&) {
    throw Error(OC_E_INTERNAL, "it is no shared library of this system");
  }
}

LoadedPackage load_package(const std::filesystem::path& library) {
  namespace load_mode = boost::dll::load_mode;
  // Boost.DLL has no name for RTLD_NODELETE, but passes the bits on.
  const auto mode = load_mode::rtld_now | load_mode::rtld_local | static_cast<load_mode::type>(RTLD_NODELETE);
  try {
    const auto handle = std::make_shared<boost::dll::shared_library>(library, mode);
    const auto entry = handle->get<const oc_package*()>(OC_PACKAGE_ENTRY);
    return {handle, entry()};
  } catch (const boost::dll::fs::system_error& error) {
    throw Error(OC_E_INTERNAL, fmt::format("it does not load: {}", error.what()));
  } catch (const std::exception& error) {
    throw Error(OC_E_INTERNAL, fmt::format("its entry threw an exception: {}", error.what()));
  } catch (...) {
    throw Error(OC_E_INTERNAL, "its entry threw an exception");
  }
}

}  // namespace ocellus::registry
