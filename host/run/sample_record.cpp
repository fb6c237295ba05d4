#include "host/run/sample_record.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>

#include "host/run/artifact_record.hpp"
#include "host/run/data_set.hpp"
#include "host/run/output_folder.hpp"
#include "host/store/json_text.hpp"
#include "host/store/sha256.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

const char* role_name(Role role) {
  return role == Role::system ? "system" : role == Role::user ? "user" : "assistant";
}

ordered_json messages_of(const Sample& sample) {
  ordered_json messages = ordered_json::array();
  for (const Turn& turn : sample.turns) {
    ordered_json content = ordered_json::array();
    for (const Part& part : turn.parts) {
      if (part.is_image) {
        content.push_back({{"type", "image"}, {"image", sample.images[part.image].string()}});
      } else {
        content.push_back({{"type", "text"}, {"text", part.text}});
      }
    }
    messages.push_back({{"role", role_name(turn.role)}, {"content", std::move(content)}});
  }
  return messages;
}

ordered_json head_of(const Sample& sample, const char* status) {
  ordered_json record{{"status", status}};
  record.update(sample_head(sample));
  return record;
}

// One row a token: [id, text, segment].
ordered_json tokens_of(const services::SampleContext& context) {
  ordered_json tokens = ordered_json::array();
  const oc_layout* layout = context.layouts.of_text();
  if (layout == nullptr || layout->token_ids == nullptr) return tokens;
  for (size_t i = 0; i < layout->n_segments; ++i) {
    const oc_segment& segment = layout->segments[i];
    const std::string name = segment.image >= 0 ? fmt::format("image{}", segment.image) : segment_name(segment.kind);
    for (int64_t token = segment.begin; token < segment.end; ++token) {
      tokens.push_back({layout->token_ids[token], std::string(context.token_bytes(layout->token_ids[token])), name});
    }
  }
  return tokens;
}

}  // namespace

void Answer::add(const oc_step& step, std::string_view bytes) {
  tokens.push_back({step.token, step.is_stop != 0, step.log_probability});
  if (step.strips_space != 0 && bytes.starts_with(' ')) bytes.remove_prefix(1);
  text += bytes;
}

ordered_json sample_head(const Sample& sample) {
  ordered_json record;
  record["id"] = sample.id.empty() ? sample.folder : sample.id;
  record["question"] = sample.question();
  record["messages"] = messages_of(sample);
  if (sample.answer) record["given_answer"] = *sample.answer;
  if (!sample.facts.empty()) record["facts"] = sample.facts;
  for (const Box& box : sample.boxes) {
    record["boxes"].push_back({{"label", box.label}, {"image", box.image}, {"box", {box.x0, box.y0, box.x1, box.y1}}});
  }
  return record;
}

const char* segment_name(uint32_t kind) {
  switch (kind) {
    case OC_SEGMENT_BOS:
      return "bos";
    case OC_SEGMENT_SYSTEM:
      return "system";
    case OC_SEGMENT_USER_TEXT:
      return "user_text";
    case OC_SEGMENT_QUESTION:
      return "question";
    case OC_SEGMENT_IMAGE:
      return "image";
    case OC_SEGMENT_ASSISTANT_TEXT:
      return "assistant_text";
    case OC_SEGMENT_GIVEN_ANSWER:
      return "given_answer";
    case OC_SEGMENT_ANSWER:
      return "answer";
    default:
      return "special";
  }
}

ordered_json layout_record(const oc_layout& layout) {
  ordered_json segments = ordered_json::array(), grids = ordered_json::array();
  for (size_t i = 0; i < layout.n_segments; ++i) {
    const oc_segment& segment = layout.segments[i];
    segments.push_back(
        {{"kind", segment_name(segment.kind)}, {"begin", segment.begin}, {"end", segment.end}, {"turn", segment.turn}});
    if (segment.image >= 0) segments.back()["image"] = segment.image;
  }
  for (size_t i = 0; i < layout.n_grids; ++i) {
    const oc_grid& grid = layout.grids[i];
    grids.push_back({{"image", grid.image},
                     {"rows", grid.rows},
                     {"cols", grid.cols},
                     {"source", {grid.source_width, grid.source_height}},
                     {"model", {grid.model_width, grid.model_height}}});
  }
  return {{"stack", layout.stack},
          {"layers", {layout.layer_begin, layout.layer_end}},
          {"n_tokens", layout.n_tokens},
          {"segments", std::move(segments)},
          {"grids", std::move(grids)}};
}

ordered_json record_of(const Sample& sample, services::SampleContext& context, const SampleResult& result) {
  ordered_json record = head_of(sample, "ok");
  record["key"] = result.key;
  record["model"] = context.texts["model"];
  record["prompt"] = result.prompt;
  if (result.has_answer) {
    record["answer"] = result.answer.text;
    for (const Answer::Token& token : result.answer.tokens) {
      record["generated_ids"].push_back(token.id);
      record["log_probabilities"].push_back(token.log_probability);
    }
  }
  for (size_t i = 0; i < sample.images.size(); ++i) {
    const media::Picture& picture = context.picture(i);
    record["images"].push_back({{"path", std::filesystem::absolute(sample.images[i]).string()},
                                {"sha256", store::sha256_file(sample.images[i])},
                                {"width", picture.width},
                                {"height", picture.height}});
  }
  for (const oc_layout* layout : context.layouts.all()) record["layouts"].push_back(layout_record(*layout));
  record["tokens"] = tokens_of(context);
  if (!result.pointing.empty()) record["pointing"] = pointing_record(result.pointing);
  if (!result.faithfulness.is_null()) record["faithfulness"] = result.faithfulness;
  if (!result.knockouts.is_null()) record["knockouts"] = result.knockouts;
  record["artifacts"] = ordered_json::array();
  for (size_t i = 0; i < result.artifacts.size(); ++i) {
    record["artifacts"].push_back(artifact_record(result.artifacts[i], result.artifact_files[i]));
  }
  record["pictures"] = result.pictures;
  return record;
}

ordered_json failure_record(const Sample& sample, const std::string& sentence) {
  ordered_json record = head_of(sample, "failed");
  record["error"] = sentence;
  return record;
}

void put_facts(services::SampleContext& context, const ordered_json& facts) {
  for (const auto& [key, value] : facts.items())
    context.texts["fact." + key] = value.is_string() ? value.get<std::string>() : store::json_line(value);
}

StoredSample read_stored(const std::filesystem::path& folder, const std::string& label) {
  const std::filesystem::path file = folder / "sample.json";
  StoredSample stored;
  stored.record = ordered_json::parse(read_text_file(file), nullptr, false);
  if (!stored.record.is_object()) throw Error(OC_E_MODEL, fmt::format("{} is not a JSON object", file.string()));
  try {
    for (const ordered_json& entry : stored.record.value("artifacts", ordered_json::array())) {
      if (label.empty() || entry.at("label").get<std::string>() == label)
        stored.artifacts.push_back(read_artifact(entry, file));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: {}", file.string(), error.what()));
  }
  return stored;
}

}  // namespace ocellus::run
