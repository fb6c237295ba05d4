#include "plugins/methods/match_score/score_ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <ocellus/sdk/table.hpp>
#include <utility>

#include "plugins/methods/match_score/retrieval_measures.hpp"

namespace ocellus::methods {
namespace {

constexpr float undefined = std::numeric_limits<float>::quiet_NaN();

// A column: use(match) of every candidate of every query.
template <class T, class Use>
std::vector<T> each_match(const std::vector<RankedQuery>& queries, Use&& use) {
  std::vector<T> column;
  for (const RankedQuery& query : queries) {
    for (const Match& match : query.best_first) column.push_back(static_cast<T>(use(match)));
  }
  return column;
}

template <class T, class Use>
std::vector<T> each_query(const std::vector<RankedQuery>& queries, Use&& use) {
  std::vector<T> column;
  for (const RankedQuery& query : queries) column.push_back(static_cast<T>(use(query)));
  return column;
}

bool any_truth(const std::vector<RankedQuery>& queries) {
  return std::any_of(queries.begin(), queries.end(), [](const RankedQuery& query) { return query.has_truth(); });
}

std::vector<int64_t> ranks_of(const std::vector<RankedQuery>& queries) {
  std::vector<int64_t> ranks;
  for (const RankedQuery& query : queries) {
    for (size_t place = 0; place < query.best_first.size(); ++place) ranks.push_back(static_cast<int64_t>(place) + 1);
  }
  return ranks;
}

void emit_ranking(const Run& run, const std::vector<RankedQuery>& queries) {
  const auto texts = [&](auto&& use) { return each_match<std::string>(queries, use); };
  const auto numbers = [&](auto&& use) { return each_match<float>(queries, use); };
  TableWriter table(run, "ranking");
  table.texts("query", texts([](const Match& match) { return match.query; }))
      .numbers("rank", ranks_of(queries))
      .texts("file", texts([](const Match& match) { return match.file; }))
      .numbers("score", numbers([](const Match& match) { return match.score; }))
      .numbers("entropy", numbers([](const Match& match) { return match.entropy; }))
      .numbers("margin", numbers([](const Match& match) { return match.margin; }))
      .numbers("floored", numbers([](const Match& match) { return match.floored; }))
      .numbers("two_way", numbers([](const Match& match) { return match.two_way; }))
      .texts("candidate", texts([](const Match& match) { return match.candidate; }))
      .numbers("index", each_match<int64_t>(queries, [](const Match& match) { return match.candidate_index; }))
      .texts("sample", texts([](const Match& match) { return match.sample; }));
  if (any_truth(queries)) {
    table.numbers("right", numbers([](const Match& match) {
                    return match.is_right ? (*match.is_right ? 1.0f : 0.0f) : undefined;
                  }));
  }
  table.commit();
}

void emit_queries(const Run& run, const std::vector<RankedQuery>& queries) {
  const auto best = [](auto&& use) {
    return [use](const RankedQuery& query) { return use(query.best_first.front()); };
  };
  TableWriter table(run, "queries");
  table.texts("query", each_query<std::string>(queries, best([](const Match& match) { return match.query; })))
      .texts("text", each_query<std::string>(queries, best([](const Match& match) { return match.question; })))
      .numbers("candidates",
               each_query<int64_t>(queries, [](const RankedQuery& query) { return query.best_first.size(); }))
      .numbers("best_index",
               each_query<int64_t>(queries, best([](const Match& match) { return match.candidate_index; })))
      .texts("best_file", each_query<std::string>(queries, best([](const Match& match) { return match.file; })))
      .numbers("score", each_query<float>(queries, best([](const Match& match) { return match.score; })));
  if (any_truth(queries)) {
    table.numbers("rank_of_truth", each_query<float>(queries, [](const RankedQuery& query) {
                    return query.rank_of_truth() > 0 ? static_cast<float>(query.rank_of_truth()) : undefined;
                  }));
  }
  table.commit();
}

void emit_measures(const Run& run, const RetrievalMeasures& measures) {
  TableWriter table(run, "retrieval");
  table.numbers("queries", std::vector<int64_t>{measures.n})
      .numbers("left_out", std::vector<int64_t>{measures.left_out});
  for (size_t i = 0; i < measures.recall.size(); ++i) {
    const float share = measures.n > 0 ? static_cast<float>(measures.recall[i]) : undefined;
    table.numbers(fmt::format("recall_at_{}", recall_depths[i]), std::vector<float>{share});
  }
  table.numbers("mrr", std::vector<float>{measures.n > 0 ? static_cast<float>(measures.mrr) : undefined});
  table.commit();
}

// A fact that counts something; 0 where it is no number.
int64_t count_of(const std::string& digits) {
  int64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

}  // namespace

void ScoreRanking::add(const Run& run, const std::vector<ArtifactView>& artifacts) {
  for (const ArtifactView& artifact : artifacts) {
    if (artifact.type() != "scores/1") continue;
    Match match;
    match.sample = run.source_of(artifact, "sample");
    match.score = artifact.number("score");
    match.floored = artifact.number("floored");
    match.entropy = artifact.number("entropy");
    match.margin = artifact.number("margin");
    match.two_way = artifact.number("two_way");
    if (run.text("fact.candidate_index").empty()) {
      describe_sample(run, match);
    } else {
      describe_pair(run, match);
    }
    matches_.push_back(std::move(match));
  }
}

// A pair of query and candidate, as `ocellus rank` makes them.
void ScoreRanking::describe_pair(const Run& run, Match& match) const {
  match.query = run.text("fact.query");
  match.question = run.text("fact.query_text");
  match.candidate = run.text("fact.candidate");
  match.query_index = count_of(run.text("fact.query_index"));
  match.candidate_index = count_of(run.text("fact.candidate_index"));
  match.file = run.text(("image." + run.text("fact.candidate_image")).c_str());
  if (const std::string right = run.text("fact.is_right"); !right.empty()) match.is_right = right == "true";
}

// Of any other run: a question is a query, and the samples that ask it are its candidates.
void ScoreRanking::describe_sample(const Run& run, Match& match) {
  match.query = match.question = run.text("question");
  match.query_index = questions_.try_emplace(match.query, static_cast<int64_t>(questions_.size())).first->second;
  match.candidate = match.sample;
  match.candidate_index = static_cast<int64_t>(matches_.size());
  match.file = run.text("image.0");
}

void ScoreRanking::conclude(const Run& run) {
  const std::vector<RankedQuery> queries = rank_candidates(std::move(matches_), options.compare.value() == "floored");
  emit_ranking(run, queries);
  emit_queries(run, queries);
  if (any_truth(queries)) emit_measures(run, measure(queries));
}

}  // namespace ocellus::methods
