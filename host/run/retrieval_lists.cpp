#include "host/run/retrieval_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "host/options/nearest.hpp"
#include "host/run/data_set_format.hpp"
#include "host/run/json_entries.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void refuse_words(const std::string& why) {
  throw Error(OC_E_OPTION, why);
}
[[noreturn]] void refuse_file(const std::string& why) {
  throw Error(OC_E_MODEL, why);
}

bool is_picture(const std::filesystem::path& file) {
  constexpr std::array<std::string_view, 5> endings{".png", ".jpg", ".jpeg", ".webp", ".bmp"};
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> pictures;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory() && is_picture(entry.path())) pictures.push_back(entry.path());
  }
  if (pictures.empty())
    refuse_file(fmt::format("the folder {} has no pictures (png, jpg, webp, bmp)", folder.string()));
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

std::string text_of(const ordered_json& entry, const char* key) {
  if (!has_field(entry, key)) return "";
  if (!entry[key].is_string()) refuse_file(fmt::format("the field {} must be a string", key));
  return entry[key].get<std::string>();
}

std::string id_text(const ordered_json& id, const char* key) {
  if (!id.is_string() && !id.is_number_integer())
    refuse_file(fmt::format("the field {} must be a string or a whole number", key));
  return id.is_string() ? id.get<std::string>() : id.dump();
}

std::string id_of(const ordered_json& entry, const std::string& or_else) {
  return has_field(entry, "id") ? id_text(entry["id"], "id") : or_else;
}

template <class T>
void expect_ids_apart(const std::vector<T>& all, const T& next) {
  if (std::any_of(all.begin(), all.end(), [&](const T& one) { return one.id == next.id; }))
    refuse_file(fmt::format("the id '{}' is there twice", next.id));
}

std::vector<Candidate> candidates_of_file(const std::filesystem::path& file) {
  std::vector<Candidate> candidates;
  for_each_entry(file, [&](const ordered_json& entry) {
    const std::string image = text_of(entry, "image");
    if (image.empty()) refuse_file("a candidate must have the field image");
    const std::filesystem::path path = file.parent_path() / image;
    const Candidate candidate{id_of(entry, path.stem().string()), path, text_of(entry, "caption")};
    expect_ids_apart(candidates, candidate);
    candidates.push_back(candidate);
  });
  return candidates;
}

std::vector<std::string> truth_of(const ordered_json& truth, const std::vector<Candidate>& candidates) {
  std::vector<std::string> ids;
  if (!truth.is_array()) ids.push_back(id_text(truth, "truth"));
  for (size_t i = 0; truth.is_array() && i < truth.size(); ++i) ids.push_back(id_text(truth[i], "truth"));
  std::vector<std::string> known;
  for (const Candidate& candidate : candidates) known.push_back(candidate.id);
  for (const std::string& id : ids) {
    const auto times = std::count(known.begin(), known.end(), id);
    if (times == 0)
      refuse_file(fmt::format("truth names '{}', which is no candidate{}", id, options::did_you_mean(id, known)));
    if (times > 1) refuse_file(fmt::format("truth names '{}', which {} candidates are called", id, times));
  }
  return ids;
}

}  // namespace

std::vector<Candidate> read_candidates(const Retrieval& retrieval, const std::vector<std::string>& images) {
  if (images.empty() && retrieval.candidates.empty())
    refuse_words("there is no candidate: give --image FILE, a folder of pictures, or --candidates FILE");
  if (!images.empty() && !retrieval.candidates.empty())
    refuse_words("--image and --candidates exclude each other: give one of them");
  std::vector<Candidate> candidates;
  if (!retrieval.candidates.empty()) {
    candidates = candidates_of_file(retrieval.candidates);
    if (candidates.empty()) refuse_file(fmt::format("{} has no candidate", retrieval.candidates.string()));
    if (!retrieval.captions.empty())
      refuse_words("--caption belongs to --image: in a file of candidates, caption is a field");
    return candidates;
  }
  for (const std::string& image : images) {
    const bool is_folder = std::filesystem::is_directory(image);
    for (const std::filesystem::path& picture :
         is_folder ? pictures_in(image) : std::vector<std::filesystem::path>{image})
      candidates.push_back({picture.stem().string(), picture, ""});
  }
  if (retrieval.captions.empty()) return candidates;
  if (retrieval.captions.size() != candidates.size())
    refuse_words(fmt::format("there are {} captions for {} candidates: give one --caption for each, \"\" for none",
                             retrieval.captions.size(), candidates.size()));
  for (size_t i = 0; i < candidates.size(); ++i) candidates[i].caption = retrieval.captions[i];
  return candidates;
}

std::vector<Query> read_queries(const Retrieval& retrieval, const std::vector<Candidate>& candidates) {
  const bool has_one = !retrieval.query.empty() || !retrieval.query_image.empty();
  if (has_one && !retrieval.queries.empty())
    refuse_words("--queries and --query or --query-image exclude each other: give one of them");
  if (has_one) return {{"", retrieval.query, retrieval.query_image, std::nullopt}};
  if (retrieval.queries.empty())
    refuse_words("there is no query: give --query TEXT, --query-image FILE, or --queries FILE");
  std::vector<Query> queries;
  for_each_entry(retrieval.queries, [&](const ordered_json& entry) {
    Query query;
    query.id = id_of(entry, fmt::format("{}", queries.size()));
    query.text = text_of(entry, "text");
    const std::string image = text_of(entry, "image");
    if (!image.empty()) query.image = retrieval.queries.parent_path() / image;
    if (query.text.empty() && image.empty()) refuse_file("a query must have the field text, image, or both");
    if (query.id.empty()) refuse_file("the field id is empty");
    if (has_field(entry, "truth")) query.truth = truth_of(entry["truth"], candidates);
    expect_ids_apart(queries, query);
    queries.push_back(std::move(query));
  });
  if (queries.empty()) refuse_file(fmt::format("{} has no query", retrieval.queries.string()));
  return queries;
}

}  // namespace ocellus::run
