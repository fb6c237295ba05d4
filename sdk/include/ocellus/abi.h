/* The whole plugin ABI of Ocellus in pure C. Start reading at abi/base.h (the rules) and abi/package.h (the entry);
 * in C++, <ocellus/sdk.hpp> is the comfortable way. */
#ifndef OCELLUS_ABI_H
#define OCELLUS_ABI_H

#include "abi/artifact.h"
#include "abi/base.h"
#include "abi/layout.h"
#include "abi/method.h"
#include "abi/model.h"
#include "abi/options.h"
#include "abi/package.h"
#include "abi/probe.h"
#include "abi/renderer.h"
#include "abi/sample.h"
#include "abi/services.h"
#include "abi/tensor.h"

/* The one symbol a package exports. */
OC_EXPORT const oc_package* ocellus_package_v0(void);

#endif
