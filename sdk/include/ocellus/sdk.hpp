// The C++ SDK: everything a plugin author needs, header-only, over the C ABI of <ocellus/abi.h>.
#pragma once

#include <ocellus/abi.h>

#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/host.hpp>
#include <ocellus/sdk/method.hpp>
#include <ocellus/sdk/model.hpp>
#include <ocellus/sdk/options.hpp>
#include <ocellus/sdk/package.hpp>
#include <ocellus/sdk/reduction.hpp>
#include <ocellus/sdk/renderer.hpp>
#include <ocellus/sdk/run.hpp>
#include <ocellus/sdk/table.hpp>
#include <ocellus/sdk/tensor.hpp>
