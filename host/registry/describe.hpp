// Reads what a loaded package says about itself, believing nothing.
#pragma once

#include <ocellus/abi/package.h>

#include "host/registry/records.hpp"

namespace ocellus::registry {

// Throws Error(OC_E_UNSUPPORTED) if the package wants a newer host, Error(OC_E_INTERNAL) with what is wrong with it
// otherwise: NULL where text must be, a descriptor with unknown fields that are set, an unknown kind, an id used twice,
// a malformed option or table. PackageRecord::path stays empty. Default texts of options are not parsed here.
PackageRecord describe(const oc_package* package, uint32_t host_minor = OC_ABI_MINOR);

// A plugin's descriptor, short ones filled up with zeros (rule G). The package must have passed describe().
oc_plugin plugin_of(const oc_package* package, Kind kind, const std::string& id);

}  // namespace ocellus::registry
