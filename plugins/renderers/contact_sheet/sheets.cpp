#include "plugins/renderers/contact_sheet/sheets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace ocellus::contact_sheet {
namespace {

using Ranking = std::vector<size_t>;  // places among the candidates, best first

// Candidates of one query, by run and by what scored them, in the order in which the first of each is met.
std::vector<Ranking> rankings_of(const std::vector<Candidate>& candidates) {
  std::vector<Ranking> rankings;
  std::map<std::tuple<std::string, std::string, std::string>, size_t> places;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& of = candidates[i];
    const auto [at, is_new] = places.emplace(std::tuple(of.run, of.label, of.query), rankings.size());
    if (is_new) rankings.emplace_back();
    rankings[at->second].push_back(i);
  }
  for (Ranking& ranking : rankings) {
    std::stable_sort(ranking.begin(), ranking.end(),
                     [&](size_t a, size_t b) { return candidates[a].keys < candidates[b].keys; });
  }
  return rankings;
}

bool are_alike(const CandidateMap& a, const CandidateMap& b) {
  return a.label == b.label && a.name == b.name && a.layers == b.layers && a.step == b.step;
}

std::optional<size_t> map_like(const Candidate& candidate, const CandidateMap& wanted) {
  const auto at = std::find_if(candidate.maps.begin(), candidate.maps.end(),
                               [&](const CandidateMap& map) { return are_alike(map, wanted); });
  if (at == candidate.maps.end()) return std::nullopt;
  return static_cast<size_t>(at - candidate.maps.begin());
}

// One of each kind that any candidate has.
std::vector<CandidateMap> kinds_of(const Ranking& ranking, const std::vector<Candidate>& candidates) {
  std::vector<CandidateMap> kinds;
  for (const size_t candidate : ranking) {
    for (const CandidateMap& map : candidates[candidate].maps) {
      if (std::none_of(kinds.begin(), kinds.end(), [&](const CandidateMap& kind) { return are_alike(kind, map); }))
        kinds.push_back(map);
    }
  }
  return kinds;
}

}  // namespace

std::vector<Sheet> sheets_of(const std::vector<Candidate>& candidates, size_t top) {
  std::vector<Sheet> sheets;
  const std::vector<Ranking> rankings = rankings_of(candidates);
  for (size_t query = 0; query < rankings.size(); ++query) {
    const Ranking& ranking = rankings[query];
    const std::vector<CandidateMap> kinds = kinds_of(ranking, candidates);
    for (size_t kind = 0; kind < std::max(kinds.size(), size_t{1}); ++kind) {
      Sheet& sheet = sheets.emplace_back();
      sheet.n_candidates = ranking.size();
      if (rankings.size() > 1) sheet.part = fmt::format("query{}", query);
      const std::string step = kinds.empty() ? "" : kinds[kind].step;
      if (!step.empty()) sheet.part += fmt::format("{}map{}", sheet.part.empty() ? "" : ".", kind);
      for (size_t place = 0; place < std::min(top, ranking.size()); ++place) {
        const Candidate& candidate = candidates[ranking[place]];
        sheet.best_first.push_back({ranking[place], kinds.empty() ? std::nullopt : map_like(candidate, kinds[kind])});
      }
    }
  }
  return sheets;
}

}  // namespace ocellus::contact_sheet
