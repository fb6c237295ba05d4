#include "tests/cli/model_folder.hpp"

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

constexpr size_t length_bytes = 8;

// Bytes of the header, as the first eight say, little endian.
size_t header_length(const std::string& bytes) {
  return npy_detail::number(bytes, 0, length_bytes);
}

}  // namespace

std::filesystem::path copy_model(const std::string& fixture, const std::filesystem::path& to) {
  std::filesystem::copy(fixtures / fixture / "model", to, std::filesystem::copy_options::recursive);
  return to;
}

void edit_json(const std::filesystem::path& file, const std::function<void(nlohmann::json& content)>& change) {
  nlohmann::json content = read_json(file);
  change(content);
  write_file(file, content.dump());
}

void edit_header(const std::filesystem::path& file, const std::function<void(nlohmann::json& header)>& change) {
  const std::string bytes = read_file(file);
  nlohmann::json header = nlohmann::json::parse(bytes.substr(length_bytes, header_length(bytes)));
  change(header);
  const std::string text = header.dump();
  write_header(file, text, text.size());
}

void write_header(const std::filesystem::path& file, const std::string& text, uint64_t declared) {
  const std::string bytes = read_file(file);
  std::string length;
  for (size_t i = 0; i < length_bytes; ++i) length += static_cast<char>(declared >> (8 * i) & 0xFF);
  write_file(file, length + text + bytes.substr(length_bytes + header_length(bytes)));
}

}  // namespace ocellus::test
