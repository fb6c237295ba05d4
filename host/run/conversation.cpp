#include "host/run/conversation.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void refuse(size_t message, const std::string& why) {
  throw Error(OC_E_MODEL, fmt::format("message {}: {}", message, why));
}

Role role_of(const ordered_json& message, size_t index) {
  if (!message.is_object() || !message.contains("role") || !message["role"].is_string())
    refuse(index, "there is no role");
  const std::string& role = message["role"].get_ref<const std::string&>();
  if (role == "system") return Role::system;
  if (role == "user") return Role::user;
  if (role == "assistant") return Role::assistant;
  refuse(index, fmt::format("the role '{}' is not system, user or assistant", role));
}

Part part_of(Sample& sample, const ordered_json& item, const std::filesystem::path& folder, size_t index) {
  const auto text_at = [&](const char* key) -> const std::string* {
    return item.is_object() && item.contains(key) && item[key].is_string() ? &item[key].get_ref<const std::string&>()
                                                                           : nullptr;
  };
  const std::string* type = text_at("type");
  if (type != nullptr && *type == "text" && text_at("text") != nullptr) return {false, 0, *text_at("text")};
  if (type != nullptr && *type == "image" && text_at("image") != nullptr) {
    sample.images.push_back(folder / *text_at("image"));
    return {true, sample.images.size() - 1, ""};
  }
  refuse(index, R"(a content item must be {"type":"text","text":"..."} or {"type":"image","image":"FILE"})");
}

}  // namespace

void append_messages(Sample& sample, const ordered_json& messages, const std::filesystem::path& folder) {
  if (!messages.is_array() || messages.empty())
    throw Error(OC_E_MODEL, "messages must be a list with at least one message");
  for (size_t i = 0; i < messages.size(); ++i) {
    Turn turn{role_of(messages[i], i), {}};
    const ordered_json content = messages[i].value("content", ordered_json());
    if (content.is_string()) {
      turn.parts.push_back({false, 0, content.get<std::string>()});
    } else if (content.is_array()) {
      for (const ordered_json& item : content) turn.parts.push_back(part_of(sample, item, folder, i));
    } else {
      refuse(i, "the content must be a string or a list");
    }
    sample.turns.push_back(std::move(turn));
  }
}

std::optional<std::string> append_llava_conversations(Sample& sample, const ordered_json& conversations) {
  if (!conversations.is_array() || conversations.empty())
    throw Error(OC_E_MODEL, "conversations must be a list with at least one message");
  for (size_t i = 0; i < conversations.size(); ++i) {
    const ordered_json& message = conversations[i];
    const auto is_text = [&](const char* key) {
      return message.is_object() && message.contains(key) && message[key].is_string();
    };
    if (!is_text("from") || !is_text("value")) refuse(i, R"(it must be {"from":"human","value":"..."})");
    const std::string& from = message["from"].get_ref<const std::string&>();
    if (from != "human" && from != "gpt" && from != "system")
      refuse(i, fmt::format("its from is '{}', not human, gpt or system", from));
    sample.turns.push_back({from == "human" ? Role::user
                            : from == "gpt" ? Role::assistant
                                            : Role::system,
                            {{false, 0, message["value"].get<std::string>()}}});
  }
  std::optional<std::string> answer;
  if (sample.turns.back().role == Role::assistant) {
    answer = std::move(sample.turns.back().parts.front().text);
    sample.turns.pop_back();
  }
  if (sample.turns.empty() || sample.turns.back().role != Role::user)
    throw Error(OC_E_MODEL, "conversations must end with a message from human, or with one from gpt that answers it");
  return answer;
}

std::string Sample::question() const {
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    if (turn->role != Role::user) continue;
    std::string text;
    for (const Part& part : turn->parts) text += part.text;
    return text;
  }
  return "";
}

}  // namespace ocellus::run
