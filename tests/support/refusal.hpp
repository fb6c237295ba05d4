// What a call refuses, for EXPECT_EQ.
#pragma once

#include <ocellus/sdk/error.hpp>
#include <ostream>
#include <string>
#include <utility>

namespace ocellus::test {

struct Refusal {
  oc_status status = OC_OK;  // OC_OK: nothing was refused
  std::string sentence;

  bool says(const std::string& part) const { return sentence.find(part) != std::string::npos; }
  bool operator==(const Refusal&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
  return out << refusal.status << " '" << refusal.sentence << "'";
}

template <class Call>
Refusal refusal_of(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const Error& error) {
    return {error.status(), error.what()};
  }
  return {};
}

}  // namespace ocellus::test
