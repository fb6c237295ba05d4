#include "host/registry/cache.hpp"

#include <ocellus/abi/base.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <system_error>
#include <utility>

#include "host/store/atomic_file.hpp"

namespace ocellus::registry {

using nlohmann::json;

Cache::Cache(std::filesystem::path file) : file_(std::move(file)) {
  try {
    read();
  } catch (const json::exception&) {
    entries_.clear();
  }
}

void Cache::read() {
  std::ifstream stream(file_, std::ios::binary);
  if (!stream) return;
  const json cache = json::parse(stream);
  if (cache.at("host_minor") != OC_ABI_MINOR) return;
  for (const json& item : cache.at("files")) {
    const auto path = item.at("path").get<std::string>();
    Entry entry{{item.at("modified_ns"), item.at("changed_ns"), item.at("size")}, {}};
    if (item.contains("refused")) {
      entry.result = Refusal{path, item.at("refused")};
    } else {
      auto package = item.at("package").get<PackageRecord>();
      package.path = path;
      entry.result = std::move(package);
    }
    entries_.insert_or_assign(path, std::move(entry));
  }
}

std::optional<ScanResult> Cache::find(const std::filesystem::path& library, const FileStamp& stamp) const {
  const auto at = entries_.find(library);
  if (at == entries_.end() || at->second.stamp != stamp) return std::nullopt;
  return at->second.result;
}

void Cache::put(const std::filesystem::path& library, const FileStamp& stamp, ScanResult result) {
  entries_.insert_or_assign(library, Entry{stamp, std::move(result)});
  changed_ = true;
}

void Cache::save() const {
  if (!changed_ || file_.empty()) return;
  json files = json::array();
  for (const auto& [path, entry] : entries_) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) continue;
    json item{{"path", path.string()},
              {"modified_ns", entry.stamp.modified_ns},
              {"changed_ns", entry.stamp.changed_ns},
              {"size", entry.stamp.size}};
    if (const auto* refusal = std::get_if<Refusal>(&entry.result)) {
      item["refused"] = refusal->reason;
    } else {
      item["package"] = std::get<PackageRecord>(entry.result);
    }
    files.push_back(std::move(item));
  }
  try {
    std::filesystem::create_directories(file_.parent_path());
    store::write_file(file_, json{{"host_minor", OC_ABI_MINOR}, {"files", std::move(files)}}.dump());
  } catch (const std::exception&) {
    // Nobody has to have a cache: the next run scans again.
  }
}

}  // namespace ocellus::registry
