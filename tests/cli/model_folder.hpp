// Copies of a fixture's model folder, spoilt in one way each.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace ocellus::test {

// A copy of tests/data/qwen2_5_vl/CASE/model at `to`.
std::filesystem::path copy_model(const std::string& fixture, const std::filesystem::path& to);

// Replaces a JSON file by what `change` makes of it.
void edit_json(const std::filesystem::path& file, const std::function<void(nlohmann::json& content)>& change);

// The same for the header of a safetensors file; the data stay as they are.
void edit_header(const std::filesystem::path& file, const std::function<void(nlohmann::json& header)>& change);

// Replaces a safetensors file's header by `text`, declared to have `declared` bytes.
void write_header(const std::filesystem::path& file, const std::string& text, uint64_t declared);

}  // namespace ocellus::test
