#include "host/run/content_key.hpp"

#include <ocellus/sdk/error.hpp>
#include <span>

#include "host/run/data_set.hpp"
#include "host/run/sample_record.hpp"
#include "host/store/sha256.hpp"

namespace ocellus::run {

using nlohmann::ordered_json;

std::string content_key(const ordered_json& settings, const Sample& sample) {
  ordered_json content{{"settings", settings}, {"sample", sample_head(sample)}};
  for (const std::filesystem::path& image : sample.images) {
    try {
      content["pictures"].push_back(store::sha256_file(image));
    } catch (const Error&) {
      return "";
    }
  }
  const std::string text = content.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return sha256_hex(std::as_bytes(std::span(text)));
}

bool has_its_files(const std::filesystem::path& folder, const ordered_json& record) {
  const auto is_there = [&](const ordered_json& name) {
    return name.is_string() && std::filesystem::exists(folder / name.get<std::string>());
  };
  for (const ordered_json& artifact : record.value("artifacts", ordered_json::array())) {
    if (!is_there(artifact.value("file", ordered_json()))) return false;
  }
  for (const ordered_json& picture : record.value("pictures", ordered_json::array())) {
    if (!is_there(picture)) return false;
  }
  return true;
}

bool is_finished(const std::filesystem::path& folder, const std::string& key) {
  if (key.empty() || !std::filesystem::exists(folder / "sample.json")) return false;
  const ordered_json record = ordered_json::parse(read_text_file(folder / "sample.json"), nullptr, false);
  if (!record.is_object() || record.value("status", "") != "ok" || record.value("key", "") != key) return false;
  return has_its_files(folder, record);
}

}  // namespace ocellus::run
