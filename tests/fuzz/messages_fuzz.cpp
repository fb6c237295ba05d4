// Any JSON is a conversation or an Error, and a conversation names only pictures that it brings.
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/run/conversation.hpp"
#include "tests/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto messages = nlohmann::ordered_json::parse(data, data + size, nullptr, false);
  if (messages.is_discarded()) return 0;
  ocellus::run::Sample sample;
  try {
    ocellus::run::append_messages(sample, messages, "folder");
    for (const ocellus::run::Turn& turn : sample.turns)
      for (const ocellus::run::Part& part : turn.parts)
        if (part.is_image && part.image >= sample.images.size()) std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
