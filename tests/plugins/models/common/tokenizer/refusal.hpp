// Tokenizers with one thing changed, and what they are refused for.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

// The message of the OC_E_MODEL error that loading ends in; empty if it does not.
inline std::string refusal(const std::string& tokenizer_json, const std::string& config = "") {
  try {
    Tokenizer::parse(tokenizer_json, config, "folder/");
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    return error.what();
  }
  return "";
}

struct Change {
  const char* name;
  std::function<void(nlohmann::json&)> make;
  const char* named;  // what the message must name
};

}  // namespace ocellus::models
