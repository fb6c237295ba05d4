#include "host/run/retrieval_samples.hpp"

#include <algorithm>

#include "host/run/match_prompt.hpp"
#include "host/run/retrieval_lists.hpp"

namespace ocellus::run {
namespace {

void put_facts(Sample& sample, const Query& query, const Candidate& candidate) {
  sample.facts["query"] = query.id;
  sample.facts["query_text"] = query.text;
  sample.facts["candidate"] = candidate.id;
  if (!candidate.caption.empty()) sample.facts["caption"] = candidate.caption;
  if (query.truth)
    sample.facts["is_right"] = std::find(query.truth->begin(), query.truth->end(), candidate.id) != query.truth->end();
}

}  // namespace

std::vector<Sample> retrieval_samples(const Request& request) {
  const Retrieval& retrieval = *request.retrieval;
  const std::vector<Candidate> candidates = read_candidates(retrieval, request.images);
  const std::vector<Query> queries = read_queries(retrieval, candidates);
  const MatchPrompt prompt(retrieval.prompt);
  std::vector<Sample> samples;
  for (size_t at = 0; at < candidates.size(); ++at) {
    for (size_t asked = 0; asked < queries.size(); ++asked) {
      const Candidate& candidate = candidates[at];
      const Query& query = queries[asked];
      size_t candidate_image = 0;
      Sample sample = prompt.ask(query, candidate, candidate_image);
      sample.id = query.id.empty() ? candidate.id : query.id + "." + candidate.id;
      put_facts(sample, query, candidate);
      sample.facts["query_index"] = asked;
      sample.facts["candidate_index"] = at;
      sample.facts["candidate_image"] = candidate_image;
      if (!retrieval.maps_of_query) sample.mapped_image = candidate_image;
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

}  // namespace ocellus::run
