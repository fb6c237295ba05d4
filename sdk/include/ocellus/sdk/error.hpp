// The exception of everything that is built on the SDK. Thrown freely inside a library; the SDK's thunks turn it
// into a status and one sentence before it could leave.
#pragma once

#include <ocellus/abi/base.h>

#include <stdexcept>
#include <string>

namespace ocellus {

// `what()` is one sentence for the user: what, where, and what to do.
class Error : public std::runtime_error {
 public:
  Error(oc_status status, const std::string& sentence) : std::runtime_error(sentence), status_(status) {}

  oc_status status() const noexcept { return status_; }

 private:
  oc_status status_;
};

}  // namespace ocellus
