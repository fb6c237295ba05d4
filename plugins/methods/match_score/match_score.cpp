// match-score: does the model say that picture and words belong together? The probability of "True" where the answer
// begins, over the full vocabulary, and how sure the model is (docs/ranking.md).
#include <fmt/format.h>

#include <ocellus/sdk.hpp>

#include "plugins/methods/match_score/answer_odds.hpp"
#include "plugins/methods/match_score/options.hpp"
#include "plugins/methods/match_score/score_ranking.hpp"

namespace ocellus::methods {
namespace {

class MatchScore : public Method {
 public:
  MatchScoreOptions options;

  void validate() const {
    if (options.yes.value() == options.no.value())
      throw Error(OC_E_OPTION, fmt::format("yes and no are both '{}': they must be two answers", options.yes.value()));
  }

  void plan(const Run& run, Plan& plan) override {
    yes_ = only_token(run, "yes", options.yes.value());
    no_ = only_token(run, "no", options.no.value());
    if (yes_ == no_)
      throw Error(OC_E_OPTION,
                  fmt::format("yes={} and no={} are the same token", options.yes.value(), options.no.value()));
    plan.probe({.kind = OC_PROBE_LOGITS, .queries = Select::last()});
  }

  void capture(const Run&, const Capture& capture) override {
    odds_ = answer_odds(capture.values().row(0), static_cast<size_t>(yes_), static_cast<size_t>(no_));
  }

  void finish(const Run& run) override {
    const bool by_floored = options.compare.value() == "floored";
    ArtifactWriter artifact = run.artifact("scores/1");
    artifact.tensor("tokens", std::vector<int64_t>{yes_, no_}, {2})
        .tensor("probabilities", std::vector<float>{static_cast<float>(odds_.yes), static_cast<float>(odds_.no)}, {2})
        .number("score", odds_.yes)
        .number("floored", odds_.floored)
        .number("entropy", odds_.entropy)
        .number("margin", odds_.margin())
        .number("two_way", odds_.two_way)
        .text("order", by_floored ? "floored -entropy" : "score -entropy")
        .text("yes", options.yes.value())
        .text("no", options.no.value());
    artifact.commit();
  }

 private:
  // An id below the width of the logits; throws for a text of several tokens, or of none.
  static int64_t only_token(const Run& run, const char* option, const std::string& text) {
    const std::vector<int64_t> ids = run.token_ids(text);
    if (ids.size() != 1) {
      throw Error(OC_E_OPTION, fmt::format("{}={}: this model's tokenizer makes {} tokens of it, and a score is the "
                                           "probability of one: name an answer of one token",
                                           option, text, ids.size()));
    }
    const int64_t vocabulary = run.stack("language").vocabulary;
    if (ids.front() >= vocabulary)
      throw Error(OC_E_OPTION, fmt::format("{}={}: its token {} is none of the {} that this model can write", option,
                                           text, ids.front(), vocabulary));
    return ids.front();
  }

  int64_t yes_ = 0, no_ = 0;
  AnswerOdds odds_{};
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::MatchScore, {"org.ocellus.match-score", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "match-score",
                .summary = "the probability that the model finds picture and caption to match, and a ranking by it",
                .probes = {"logits/1@language"},
                .produces = {"scores/1", "table/1"},
                .reduction = &ocellus::ReductionThunks<ocellus::methods::ScoreRanking>::table})
