#include "host/store/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "host/store/slug.hpp"
#include "host/store/stored_values.hpp"

namespace ocellus::store {
namespace {

class Checker {
 public:
  explicit Checker(const ArtifactData& artifact) : artifact_(artifact) {}

  void check() const {
    check_names();
    for (const auto& [key, array] : artifact_.tensors) {
      if (array.bytes.size() != byte_size(array.type, array.shape)) refuse(key, "has bytes that do not fit its shape");
    }
    for (const auto& [key, value] : artifact_.numbers) {
      if (!std::isfinite(value)) refuse(key, "is not finite");
    }
    if (artifact_.type == "heatmap/1") {
      check_map(2);
    } else if (artifact_.type == "heatmap-stack/1") {
      check_stack();
    } else if (artifact_.type == "head-table/1") {
      check_head_table();
    } else if (artifact_.type == "head-records/1") {
      check_head_records();
    } else if (artifact_.type == "histograms/1") {
      check_histograms();
    } else if (artifact_.type == "curves/1") {
      check_curves();
    } else if (artifact_.type == "table/1") {
      check_table();
    } else if (artifact_.type == "token-steps/1") {
      check_token_steps();
    } else if (artifact_.type == "scores/1") {
      check_scores();
    } else if (artifact_.type == "tensors/1") {
      if (artifact_.tensors.empty()) refuse("it holds no tensor");
    } else if (artifact_.type.find('.') == std::string::npos) {
      refuse("this type is unknown: a type of your own begins with your domain, as in org.example.rollout/1");
    }
  }

 private:
  [[noreturn]] void refuse(std::string_view reason) const {
    const std::string name = artifact_.name.empty() ? "" : fmt::format(" '{}'", artifact_.name);
    throw Error(OC_E_INTERNAL, fmt::format("artifact {}{} of {}: {}", artifact_.type, name, artifact_.label, reason));
  }
  [[noreturn]] void refuse(std::string_view key, std::string_view reason) const {
    refuse(fmt::format("{} {}", key, reason));
  }

  // Keys are names in an archive and in JSON, the artifact's name is part of a file name.
  void check_names() const {
    if (artifact_.image < -1) refuse(fmt::format("there is no image {}", artifact_.image));
    if (!artifact_.name.empty() && !is_file_name(artifact_.name))
      refuse("its name is more than letters, digits, . _ -");
    std::set<std::string_view> seen;
    const auto check_key = [&](std::string_view key) {
      if (!is_file_name(key)) refuse(fmt::format("the key '{}' is more than letters, digits, . _ -", key));
      if (!seen.insert(key).second) refuse(key, "is there twice");
    };
    for (const auto& [key, value] : artifact_.tensors) check_key(key);
    for (const auto& [key, value] : artifact_.texts) check_key(key);
    for (const auto& [key, value] : artifact_.numbers) check_key(key);
  }

  const Array& tensor(std::string_view wanted, Array::Type type, size_t rank) const {
    const Array* array = find_tensor(artifact_, wanted);
    if (array == nullptr) refuse(wanted, "is missing");
    if (array->type != type) refuse(wanted, type == Array::Type::f32 ? "is not float32" : "is not int64");
    if (array->shape.size() != rank)
      refuse(wanted, fmt::format("has {} axes instead of {}", array->shape.size(), rank));
    return *array;
  }

  std::vector<int64_t> integers(std::string_view wanted, const std::vector<int64_t>& shape) const {
    const Array& array = tensor(wanted, Array::Type::i64, shape.size());
    expect_shape(wanted, array, shape);
    return elements_of<int64_t>(array);
  }

  // A number that counts things.
  int64_t count(std::string_view wanted) const {
    const double* number = find_number(artifact_, wanted);
    if (number == nullptr) refuse(wanted, "is missing");
    constexpr double most = 1e9;
    if (*number < 0 || *number > most || *number != std::floor(*number)) refuse(wanted, "is no count");
    return static_cast<int64_t>(*number);
  }

  const std::string& text(std::string_view wanted, std::string_view meaning) const {
    const std::string* found = find_text(artifact_, wanted);
    if (found == nullptr || found->empty()) refuse(wanted, fmt::format("is missing: say {}", meaning));
    return *found;
  }

  // All numbers are drawn or listed, so all must be finite, those of free keys too.
  void check_finite() const {
    for (const auto& [key, array] : artifact_.tensors) {
      if (array.type != Array::Type::f32) continue;
      for (size_t at = 0; at < array.bytes.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, &array.bytes[at], sizeof value);
        if (!std::isfinite(value)) refuse(key, fmt::format("is not finite at element {}", at / sizeof value));
      }
    }
  }

  void check_map(size_t rank) const {
    if (tensor("values", Array::Type::f32, rank).bytes.empty()) refuse("values", "is empty");
    check_finite();
  }

  void check_head_table() const {
    const int64_t layers = tensor("layers", Array::Type::i64, 1).shape.front();
    const int64_t heads = tensor("heads", Array::Type::i64, 1).shape.front();
    if (layers == 0 || heads == 0) refuse("it has no layer or no head");
    std::istringstream names(text("quantities", "which arrays hold a number for each layer and head"));
    for (std::string name; names >> name;) {
      const Array& table = tensor(name, Array::Type::f32, 2);
      if (table.shape[0] != layers || table.shape[1] != heads)
        refuse(name, fmt::format("is {}x{} for {} layers and {} heads", table.shape[0], table.shape[1], layers, heads));
    }
    check_finite();
  }

  // Lines of a text; a text that is not there has none.
  int64_t lines(std::string_view key) const {
    const std::string* found = find_text(artifact_, key);
    return found != nullptr ? 1 + std::count(found->begin(), found->end(), '\n') : 0;
  }

  void expect_lines(std::string_view key, int64_t n) const {
    if (lines(key) != n) refuse(key, fmt::format("has {} lines instead of {}", lines(key), n));
  }

  void expect_shape(std::string_view key, const Array& array, const std::vector<int64_t>& shape) const {
    if (array.shape != shape)
      refuse(key, fmt::format("has shape [{}] instead of [{}]", fmt::join(array.shape, ", "), fmt::join(shape, ", ")));
  }

  void check_head_records() const {
    const int64_t layers = tensor("layers", Array::Type::i64, 1).shape.front();
    const int64_t heads = tensor("heads", Array::Type::i64, 1).shape.front();
    const int64_t n = lines("sample");
    expect_lines("category", n);
    std::istringstream names(text("quantities", "which arrays hold a number for each sample, layer and head"));
    for (std::string name; names >> name;) expect_shape(name, tensor(name, Array::Type::f32, 3), {n, layers, heads});
    check_finite();
  }

  void check_histograms() const {
    const int64_t n_edges = tensor("edges", Array::Type::f32, 1).shape.front();
    if (n_edges < 2) refuse("edges", "has no bin");
    const int64_t groups = lines("category"), series = lines("series");
    expect_shape("counts", tensor("counts", Array::Type::i64, 3), {groups, series, n_edges - 1});
    for (const char* key : {"n", "outside"}) expect_shape(key, tensor(key, Array::Type::i64, 2), {groups, series});
    for (const char* key : {"layer", "head"}) expect_shape(key, tensor(key, Array::Type::i64, 1), {groups});
    for (const char* key : {"mean", "median", "std", "min", "max"})
      expect_shape(key, tensor(key, Array::Type::f32, 2), {groups, series});
  }

  // Two lines of values for each of a few orders of cells, each with its own share of cells at every point.
  void check_curves() const {
    const std::vector<int64_t> shape = tensor("x", Array::Type::f32, 2).shape;
    if (shape[0] == 0 || shape[1] < 2) refuse("x", "has no curve of two points");
    for (const char* key : {"deletion", "insertion"}) expect_shape(key, tensor(key, Array::Type::f32, 2), shape);
    for (const char* key : {"layer", "grid"}) integers(key, {shape[0]});
    for (const char* key : {"curve", "source"}) expect_lines(key, shape[0]);
    text("value", "what the values are");
    check_finite();
  }

  // Numbers may be undefined (NaN): the deviation of one value, say.
  void check_table() const {
    std::istringstream names(text("columns", "which arrays and texts are its columns"));
    int64_t n = -1;
    for (std::string name; names >> name;) {
      int64_t rows = lines(name);
      if (const Array* array = find_tensor(artifact_, name)) {
        if (array->shape.size() != 1 || array->type == Array::Type::u8)
          refuse(name, "is no column of float32 or int64 numbers");
        rows = array->shape.front();
      }
      if (rows == 0) refuse(name, "is missing or empty");
      if (n >= 0 && rows != n) refuse(name, fmt::format("has {} rows where others have {}", rows, n));
      n = rows;
    }
  }

  void check_token_steps() const {
    const int64_t n_layers = tensor("layers", Array::Type::i64, 1).shape.front();
    const int64_t n_tokens = tensor("ids", Array::Type::i64, 1).shape.front();
    const int64_t n_steps = tensor("rows", Array::Type::i64, 1).shape.front();
    const int64_t n_images = count("images");
    if (n_layers == 0 || n_tokens == 0) refuse("it has no layer or no token");
    if (const int64_t prompt = count("prompt_tokens"); prompt > n_tokens)
      refuse("prompt_tokens", fmt::format("is {} of {} tokens", prompt, n_tokens));
    const std::string& alignment = text("alignment", "which token stands beside a row: produced or upstream");
    if (alignment != "produced" && alignment != "upstream") refuse("alignment", "is neither produced nor upstream");
    check_text_of_tokens(n_tokens, n_images);
    for (const char* key : {"rows", "tokens"}) {
      for (const int64_t token : integers(key, {n_steps})) {
        if (token < 0 || token >= n_tokens) refuse(key, fmt::format("names token {} of {}", token, n_tokens));
      }
    }
    integers("is_stop", {n_steps});
    if (has("log_probability"))
      expect_shape("log_probability", tensor("log_probability", Array::Type::f32, 1), {n_steps});
    expect_shape("weights", tensor("weights", Array::Type::f32, 3), {n_layers, n_steps, n_tokens});
    for (int64_t image = 0; image < n_images; ++image) {
      const std::string key = fmt::format("image{}", image);
      const std::vector<int64_t>& grid = tensor(key + ".cells", Array::Type::f32, 3).shape;
      expect_shape(key, tensor(key, Array::Type::f32, 4), {n_layers, n_steps, grid[0], grid[1]});
      expect_shape(key + ".cells", tensor(key + ".cells", Array::Type::f32, 3), {grid[0], grid[1], 4});
    }
    check_finite();
  }

  // Groups of tokens follow each other, and so do the pieces of text that they stand for.
  void check_text_of_tokens(int64_t n_tokens, int64_t n_images) const {
    const auto bytes = static_cast<int64_t>(text("text", "what all tokens stand for").size());
    integers("segment", {n_tokens});
    for (const int64_t image : integers("image", {n_tokens})) {
      if (image < -1 || image >= n_images) refuse("image", fmt::format("names image {} of {}", image, n_images));
    }
    const std::vector<int64_t> groups = integers("group", {n_tokens}), offsets = integers("offsets", {n_tokens, 2});
    int64_t group = -1, begin = 0, end = 0;
    for (size_t token = 0; token < groups.size(); ++token) {
      const int64_t from = offsets[2 * token], to = offsets[2 * token + 1];
      const bool is_same = groups[token] == group && from == begin && to == end;
      const bool is_next = groups[token] == group + 1 && from == end && to >= from && to <= bytes;
      if (!is_same && !is_next)
        refuse("offsets", fmt::format("and groups do not follow each other at token {}", token));
      group = groups[token], begin = from, end = to;
    }
    if (end != bytes) refuse("offsets", fmt::format("end at byte {} of {}", end, bytes));
  }

  // What samples are compared by must be there; a minus before a name says that smaller is better.
  void check_scores() const {
    const auto has_number = [&](std::string_view wanted) { return find_number(artifact_, wanted) != nullptr; };
    if (!has_number("score")) refuse("score", "is missing");
    std::istringstream names(text("order", "by which numbers samples are ranked, the first decides"));
    for (std::string name; names >> name;) {
      const std::string_view number = std::string_view(name).substr(name.starts_with('-') ? 1 : 0);
      if (!has_number(number)) refuse(number, "is missing, and samples are ranked by it");
    }
  }

  bool has(std::string_view wanted) const { return find_tensor(artifact_, wanted) != nullptr; }

  void check_stack() const {
    check_map(3);
    const int64_t n = tensor("values", Array::Type::f32, 3).shape.front();
    const int64_t n_indices = tensor("index", Array::Type::i64, 1).shape.front();
    if (n_indices != n) refuse("index", fmt::format("has {} elements for {} maps", n_indices, n));
    text("axis", "what the maps differ in, such as layer");
  }

  const ArtifactData& artifact_;
};

}  // namespace

void check_schema(const ArtifactData& artifact) {
  Checker(artifact).check();
}

}  // namespace ocellus::store
