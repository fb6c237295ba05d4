#include "host/run/match_prompt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "host/run/data_set.hpp"

namespace ocellus::run {
namespace {

// As the published tool for retrieval asks, grammar included.
constexpr std::string_view simple =
    "{candidate-image}Does the image match the caption: <{query}>? Please directly output True or False";
constexpr std::string_view saliency_query = "Query image{query-image}";
constexpr std::string_view saliency_candidate = "Candidate image{candidate-image}";
constexpr std::string_view saliency_captioned =
    "Does the Candidate image and Candidate image caption :{caption} are match the Query image and the Query caption "
    ":{query}? Please directly output True or False";
constexpr std::string_view saliency_plain =
    "Does the candidate image match the Query text: <{query}> and query image? Please directly output True or False";

[[noreturn]] void refuse(const std::string& why) {
  throw Error(OC_E_OPTION, "--prompt-template: " + why);
}

// Calls text(piece) and word(name) for the pieces of a template and its words in braces, in order.
template <class Text, class Word>
void split(std::string_view pattern, Text&& text, Word&& word) {
  while (!pattern.empty()) {
    const size_t open = std::min(pattern.find('{'), pattern.size());
    if (open > 0) text(pattern.substr(0, open));
    if (open == pattern.size()) return;
    const size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) refuse("a { has no }");
    word(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
}

// Each picture stands once at most, the candidate's always.
void check_template(std::string_view pattern) {
  size_t candidates = 0, queries = 0;
  split(
      pattern, [](std::string_view) {},
      [&](std::string_view word) {
        candidates += word == "candidate-image" ? 1 : 0;
        queries += word == "query-image" ? 1 : 0;
        const bool is_text = word == "query" || word == "caption";
        if (!is_text && word != "candidate-image" && word != "query-image")
          refuse(
              fmt::format("there is no {{{}}}; there are {{query}}, {{caption}}, {{query-image}} and "
                          "{{candidate-image}}",
                          word));
      });
  if (candidates != 1) refuse("the text must have {candidate-image} once, where the candidate's picture goes");
  if (queries > 1) refuse("the text has {query-image} more than once");
}

void add_text(std::vector<Part>& parts, std::string_view text) {
  if (text.empty()) return;
  if (parts.empty() || parts.back().is_image) parts.push_back({});
  parts.back().text += text;
}

}  // namespace

const std::vector<std::string>& match_prompt_forms() {
  static const std::vector<std::string> forms{"auto", "simple", "saliency"};
  return forms;
}

MatchPrompt::MatchPrompt(const std::string& form_or_file) {
  const std::vector<std::string>& forms = match_prompt_forms();
  if (std::find(forms.begin(), forms.end(), form_or_file) != forms.end()) {
    form_ = form_or_file;
    return;
  }
  template_ = read_text_file(form_or_file);
  if (template_.ends_with('\n')) template_.pop_back();
  check_template(template_);
}

std::string MatchPrompt::text_for(const Query& query, const Candidate& candidate) const {
  if (form_.empty()) return template_;
  const bool has_more = !query.image.empty() || !candidate.caption.empty();
  if (form_ == "simple" || (form_ == "auto" && !has_more)) return std::string(simple);
  return fmt::format("{}{}{}", query.image.empty() ? "" : saliency_query, saliency_candidate,
                     candidate.caption.empty() ? saliency_plain : saliency_captioned);
}

Sample MatchPrompt::ask(const Query& query, const Candidate& candidate, size_t& candidate_image) const {
  Sample sample;
  std::vector<Part> parts;
  const auto add_image = [&](const std::filesystem::path& image) {
    parts.push_back({true, sample.images.size(), ""});
    sample.images.push_back(image);
  };
  bool shows_query = false;
  split(
      text_for(query, candidate), [&](std::string_view text) { add_text(parts, text); },
      [&](std::string_view word) {
        if (word == "query") return add_text(parts, query.text);
        if (word == "caption") return add_text(parts, candidate.caption);
        if (word == "candidate-image") {
          candidate_image = sample.images.size();
          return add_image(candidate.image);
        }
        if (query.image.empty())
          refuse(fmt::format("the text shows a picture of the query, and {} has none",
                             query.id.empty() ? "there is no --query-image" : "the query " + query.id));
        shows_query = true;
        add_image(query.image);
      });
  if (!query.image.empty() && !shows_query)
    refuse("the query has a picture, which this prompt does not show: leave it out, or take another prompt");
  sample.turns.push_back({Role::user, std::move(parts)});
  return sample;
}

}  // namespace ocellus::run
