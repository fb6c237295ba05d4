#include "host/cli/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/cli/map_summary.hpp"
#include "host/cli/one_line.hpp"
#include "host/run/manifest.hpp"
#include "host/store/json_text.hpp"
#include "host/store/stored_values.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;

constexpr size_t longest_id = 120;  // bytes; of a longer one the folder says enough
constexpr size_t listed_failures = 20;

std::string name_of(const std::string& id, const std::string& folder) {
  return id.empty() || id.size() > longest_id ? folder : one_line(id);
}
std::string name_of(const run::Sample& sample) {
  return name_of(sample.id, sample.folder);
}

ordered_json map_record(const store::ArtifactData& artifact, const MapSummary& map) {
  ordered_json record{{"label", artifact.label}};
  if (!artifact.name.empty()) record["name"] = artifact.name;
  if (artifact.image >= 0) record["image"] = artifact.image;
  if (map.name.layer) record["layer"] = *map.name.layer;
  if (!map.name.part.empty()) record["map"] = map.name.part;
  if (!map.degenerate.empty()) record["degenerate"] = map.degenerate;
  record["grid"] = {map.rows, map.cols};
  record["min"] = map.min;
  record["max"] = map.max;
  record["mean"] = map.mean;
  record["hottest"] = {{"row", map.row}, {"col", map.col}, {"rectangle", {map.x0, map.y0, map.x1, map.y1}}};
  return record;
}

void print_map(const store::ArtifactData& artifact, const MapSummary& map, size_t n_images) {
  std::string what = artifact.name.empty() ? artifact.label : artifact.label + "." + artifact.name;
  if (n_images > 1) what += fmt::format(" image {}", artifact.image);
  if (map.name.layer) what += fmt::format(" layer {}", *map.name.layer);
  if (!map.name.part.empty()) what += " " + map.name.part;
  if (!map.degenerate.empty()) {
    fmt::print("  {}: {} rows x {} cols, degenerate: {}\n", what, map.rows, map.cols, one_line(map.degenerate));
    return;
  }
  fmt::print("  {}: {} rows x {} cols, min {:.4g}, max {:.4g}, mean {:.4g}, hottest cell row {} col {}\n", what,
             map.rows, map.cols, map.min, map.max, map.mean, map.row, map.col);
}

// As it stands in sample.json.
void print_knockout(const ordered_json& knockout) {
  const ordered_json& first = knockout["tokens"][0];
  const std::string flip =
      knockout["flips"].get<bool>()
          ? fmt::format("; the likeliest becomes '{}'", one_line(first["likeliest_knocked_out"].get<std::string>()))
          : "";
  fmt::print("  knock-out {}: '{}' {:.3f} -> {:.3f}, answer {:+.3f} a token{}\n",
             one_line(knockout["label"].get<std::string>()), one_line(first["token"].get<std::string>()),
             first["probability"].get<double>(), first["knocked_out"].get<double>(),
             knockout["answer_change"].get<double>(), flip);
}

bool is_film(const store::ArtifactData& artifact) {
  return artifact.type == "token-steps/1";
}

// Of a token-steps/1: its layers and steps.
std::pair<int64_t, int64_t> size_of(const store::ArtifactData& film) {
  const std::vector<int64_t>& shape = store::find_tensor(film, "weights")->shape;
  return {shape[0], shape[1]};
}

void print_json(const ordered_json& record) {
  fmt::print("{}\n", store::json_line(record));
}

ordered_json plan_record(const run::Sample& sample, const run::PlanSummary& plan) {
  ordered_json passes = ordered_json::array();
  for (const run::PlanSummary::Pass& of : plan.passes) {
    ordered_json pass = ordered_json::object();
    if (!of.variant.empty()) pass["variant"] = of.variant;
    pass["prompt_tokens"] = of.prompt_tokens;
    pass["max_new_tokens"] = of.max_new_tokens;
    pass["prefill_chunks"] = of.prefill_chunks;
    pass["draws"] = of.draws;
    if (of.masked_inputs > 0) pass["masked_inputs"] = of.masked_inputs;
    pass["probes"] = ordered_json::array();
    for (const run::PlanSummary::Probe& probe : of.probes) {
      pass["probes"].push_back({{"what", probe.what},
                                {"layers", probe.layers},
                                {"heads", probe.heads},
                                {"rows", probe.rows},
                                {"keys", probe.keys},
                                {"bytes", probe.bytes}});
    }
    passes.push_back(std::move(pass));
  }
  ordered_json judging;
  if (plan.judging) {
    judging = {{"prompt_tokens", plan.judging->prompt_tokens},
               {"forwards_per_map", plan.judging->cost.per_map},
               {"forwards_per_grid", plan.judging->cost.per_grid},
               {"further_forwards", plan.judging->cost.further}};
  }
  ordered_json knockouts;
  if (plan.knocking_out) {
    knockouts = {{"forwards", plan.knocking_out->forwards},
                 {"prompt_tokens", plan.knocking_out->prompt_tokens},
                 {"answer_tokens", plan.knocking_out->answer_tokens}};
  }
  return {{"sample", sample.folder},
          {"passes", std::move(passes)},
          {"faithfulness", std::move(judging)},
          {"knockouts", std::move(knockouts)},
          {"capture_bytes", plan.capture_bytes},
          {"method_bytes", plan.method_bytes},
          {"activation_bytes", plan.activation_bytes},
          {"weight_bytes", plan.weight_bytes},
          {"memory_bytes", plan.memory_bytes()}};
}

}  // namespace

std::string human_bytes(uint64_t bytes) {
  constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) value /= 1024, ++unit;
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

void Report::began(const run::Shard& shard, size_t count, size_t of) {
  shard_ = shard;
  progress_.clear();
  fmt::print(stderr, "shard {}, by {}: {} of {} samples\n", shard.name(), shard.origin, count, of);
}

void Report::planned(const run::Sample& sample, const run::PlanSummary& plan) {
  progress_.clear();
  progress_.finished();
  if (json_) return print_json(plan_record(sample, plan));
  fmt::print("{}\n", name_of(sample));
  for (const run::PlanSummary::Pass& pass : plan.passes) {
    if (pass.draws > 0) {
      fmt::print("  pass for {}: {} times {} tokens and the answer's, there and back", pass.variant, pass.draws,
                 pass.prompt_tokens);
    } else if (pass.masked_inputs > 0) {
      fmt::print("  pass for {}: {} forwards of {} tokens and the answer's, one after another", pass.variant,
                 pass.masked_inputs, pass.prompt_tokens);
    } else {
      fmt::print("  pass{}: one prefill of {} tokens in {} chunk{}",
                 pass.variant.empty() ? "" : " with " + pass.variant, pass.prompt_tokens, pass.prefill_chunks,
                 pass.prefill_chunks == 1 ? "" : "s");
    }
    if (pass.max_new_tokens > 0) fmt::print(", then up to {} tokens of answer", pass.max_new_tokens);
    fmt::print("\n");
    for (const run::PlanSummary::Probe& probe : pass.probes) {
      fmt::print("    capture {}: {} layers, {} heads, {} rows, {} keys: {}\n", probe.what, probe.layers, probe.heads,
                 probe.rows, probe.keys, human_bytes(probe.bytes));
    }
  }
  if (plan.judging) {
    fmt::print(
        "  faithfulness: at most {} forwards of {} tokens for each map, {} for the controls of each grid and {} more\n",
        plan.judging->cost.per_map, plan.judging->prompt_tokens, plan.judging->cost.per_grid,
        plan.judging->cost.further);
  }
  if (plan.knocking_out) {
    fmt::print("  knock-outs: {} forwards of {} tokens{}, one of them clean\n", plan.knocking_out->forwards,
               plan.knocking_out->prompt_tokens,
               plan.knocking_out->answer_tokens > 0
                   ? fmt::format(" and up to {} of the answer", plan.knocking_out->answer_tokens)
                   : "");
  }
  fmt::print("  captures: {} handed over in all\n  memory: {} = weights {} + activations {} + methods {}{}\n",
             human_bytes(plan.capture_bytes), human_bytes(plan.memory_bytes()), human_bytes(plan.weight_bytes),
             human_bytes(plan.activation_bytes), human_bytes(plan.method_bytes),
             plan.stage_bytes() > 0 ? " + stages behind them " + human_bytes(plan.stage_bytes()) : "");
}

void Report::started(size_t index, size_t count, const run::Sample& sample) {
  progress_.started(index, count, name_of(sample));
}

void Report::kept(size_t index, size_t count, const run::Sample& sample) {
  progress_.kept(index, count, name_of(sample));
}

void Report::step(size_t n_tokens, std::string_view bytes) {
  if (stream_) {
    progress_.clear();
    stream_->write(bytes);
  } else {
    progress_.tokens(n_tokens);
  }
}

void Report::finished(const run::Sample& sample, const run::SampleResult& result, const ordered_json& record) {
  if (stream_) stream_->end();
  progress_.clear();
  progress_.finished();
  if (json_) {
    ordered_json line{{"sample", sample.folder}, {"status", "ok"}, {"question", record["question"]}};
    if (result.has_answer) line["answer"] = result.answer.text;
    line["maps"] = ordered_json::array();
    for (const store::ArtifactData& artifact : result.artifacts) {
      for (const MapSummary& map : summarise_maps(artifact)) line["maps"].push_back(map_record(artifact, map));
    }
    for (const store::ArtifactData& artifact : result.artifacts) {
      if (!is_film(artifact)) continue;
      const auto [layers, steps] = size_of(artifact);
      line["token_steps"].push_back({{"label", artifact.label}, {"layers", layers}, {"steps", steps}});
    }
    if (!result.faithfulness.is_null()) line["faithfulness"] = result.faithfulness;
    if (!result.knockouts.is_null()) line["knockouts"] = result.knockouts;
    line["artifacts"] = result.artifact_files;
    line["pictures"] = result.pictures;
    return print_json(line);
  }
  fmt::print("{}: {}\n", name_of(sample), one_line(sample.question()));
  if (result.has_answer) fmt::print("  answer: {}\n", one_line(result.answer.text));
  for (const store::ArtifactData& artifact : result.artifacts) {
    for (const MapSummary& map : summarise_maps(artifact)) print_map(artifact, map, sample.images.size());
    if (!is_film(artifact)) continue;
    const auto [layers, steps] = size_of(artifact);
    fmt::print("  {}: {} step{} of {} layer{}\n", artifact.label, steps, steps == 1 ? "" : "s", layers,
               layers == 1 ? "" : "s");
  }
  for (const ordered_json& knockout : result.knockouts) print_knockout(knockout);
  const std::filesystem::path folder = out_ / "samples" / sample.folder;
  for (const std::string& file : result.pictures) fmt::print("  {}\n", (folder / file).lexically_normal().string());
  if (result.pictures.empty()) {
    for (const std::string& file : result.artifact_files) fmt::print("  {}\n", (folder / file).string());
  }
}

void Report::failed(const run::Sample& sample, const std::string& sentence) {
  if (stream_) stream_->end();
  progress_.clear();
  progress_.finished();
  if (json_) {
    ordered_json line{{"sample", sample.folder}, {"status", "failed"}};
    if (!sample.id.empty()) line["id"] = sample.id;
    line["error"] = sentence;
    print_json(line);
  }
  fmt::print(stderr, "{}: {}\n", name_of(sample), one_line(sentence));
}

void Report::failures(const run::RunSummary& summary) {
  const std::vector<run::Failure>& failed = summary.failed;
  if (failed.empty()) return;
  progress_.clear();
  const size_t n_samples = failed.size() + summary.done;
  // Of a run of one sample, everything has just been said.
  fmt::print(stderr, "{} of {} samples failed{}\n", failed.size(), n_samples, n_samples > 1 ? ":" : "");
  if (n_samples == 1) return;
  const size_t listed = std::min(failed.size(), listed_failures);
  for (size_t i = 0; i < listed; ++i) {
    fmt::print(stderr, "  {}: {}\n", name_of(failed[i].id, failed[i].folder), one_line(failed[i].sentence));
  }
  if (listed == failed.size()) return;
  const std::string rest = fmt::format("  and {} more", failed.size() - listed);
  if (out_.empty()) {
    fmt::print(stderr, "{}\n", rest);
  } else {
    fmt::print(stderr, "{}: {} names them all, and {} says why\n", rest, (out_ / run::manifest_name(shard_)).string(),
               (out_ / "samples/NAME/sample.json").string());
  }
}

void Report::collected(const std::vector<std::filesystem::path>& files) {
  if (files.empty()) return;
  progress_.clear();
  if (!json_) fmt::print("All samples:\n");
  ordered_json pictures = ordered_json::array();
  for (const std::filesystem::path& file : files) {
    if (json_) {
      pictures.push_back(file.string());
    } else {
      fmt::print("  {}\n", file.string());
    }
  }
  if (json_) print_json({{"collection", {{"pictures", std::move(pictures)}}}});
}

void Report::pointing(const run::PointingTable& table) {
  if (table.rows().empty()) return;
  if (json_) {
    ordered_json list = ordered_json::array();
    for (const auto& [mean, n] : table.rows()) {
      ordered_json row = run::pointing_record({mean})[0];
      row.erase("image");
      row["n"] = n;
      list.push_back(std::move(row));
    }
    return print_json({{"pointing", std::move(list)}});
  }
  fmt::print(
      "Does the map point at the known box? Means over n maps; centre and random are controls that see no map.\n");
  fmt::print("  {:<28} {:>5} {:>5} {:>9} {:>9} {:>9} {:>9}\n", "map", "layer", "n", "pointing", "energy", "centre",
             "random");
  for (const auto& [mean, n] : table.rows()) {
    fmt::print("  {:<28} {:>5} {:>5} {:>8.1f}% {:>8.1f}% {:>8.1f}% {:>8.1f}%\n", mean.label,
               mean.layer ? fmt::format("{}", *mean.layer) : "", n, 100 * mean.pointing, 100 * mean.energy,
               100 * mean.centre, 100 * mean.random);
  }
}

}  // namespace ocellus::cli
