// sample.json: what was asked, what the model answered, what its tokens are, and which artifacts and pictures there
// are.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/run/pointing.hpp"
#include "host/run/sample.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/schema.hpp"

namespace ocellus::run {

// What the model wrote.
struct Answer {
  struct Token {
    int64_t id;
    bool is_stop;
    double log_probability;
  };
  std::vector<Token> tokens;
  std::string text;  // without the stop token and spaces that the model says are no text; bytes as they are

  // The next generated token, which stands for `bytes`; a stop token for none.
  void add(const oc_step& step, std::string_view bytes);
};

struct SampleResult {
  std::string key;     // content_key() of the sample
  std::string prompt;  // as rendered by the model's template, each image as one token
  bool has_answer = false;
  Answer answer;
  std::vector<store::ArtifactData> artifacts;
  std::vector<std::string> artifact_files;
  std::vector<std::string> pictures;
  std::vector<PointingScore> pointing;  // empty unless boxes are known
  nlohmann::ordered_json faithfulness;  // faithfulness::report_record; null unless asked for
  nlohmann::ordered_json knockouts;     // knockout::outcomes_record; null unless asked for
};

// The name of an oc_segment.kind in files: "system", "question", "image", ...
const char* segment_name(uint32_t kind);

// {stack, layers, n_tokens, segments, grids}
nlohmann::ordered_json layout_record(const oc_layout& layout);

// The sample as it was given: id, conversation, facts, boxes.
nlohmann::ordered_json sample_head(const Sample& sample);

nlohmann::ordered_json record_of(const Sample& sample, services::SampleContext& context, const SampleResult& result);

// Of a sample that failed: `sentence` says why.
nlohmann::ordered_json failure_record(const Sample& sample, const std::string& sentence);

// What a data set knows beside a sample, for the record service: "fact.category", ...
void put_facts(services::SampleContext& context, const nlohmann::ordered_json& facts);

// Reads a finished sample's folder back, with the artifacts of `label`, or all if that is empty. Throws
// Error(OC_E_MODEL) if it is not one.
struct StoredSample {
  nlohmann::ordered_json record;
  std::vector<store::ArtifactData> artifacts;
};
StoredSample read_stored(const std::filesystem::path& folder, const std::string& label = "");

}  // namespace ocellus::run
