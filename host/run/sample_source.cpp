#include "host/run/sample_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <utility>

#include "host/options/nearest.hpp"
#include "host/run/conversation.hpp"
#include "host/run/data_set.hpp"
#include "host/run/foreign_json.hpp"
#include "host/run/prompt_template.hpp"
#include "host/run/retrieval_samples.hpp"
#include "host/store/json_text.hpp"
#include "host/store/slug.hpp"

namespace ocellus::run {
namespace {

// Images x prompts: every prompt about every image, or about all of them together. Without images, the prompts alone.
std::vector<Sample> combine(const Request& request) {
  std::vector<std::vector<std::string>> image_sets;
  if (request.together || request.images.empty()) {
    image_sets.push_back(request.images);
  } else {
    for (const std::string& image : request.images) image_sets.push_back({image});
  }
  std::vector<Sample> samples;
  for (const std::vector<std::string>& images : image_sets) {
    for (const std::string& prompt : request.prompts) {
      Sample sample;
      if (!request.system.empty()) sample.turns.push_back({Role::system, {{false, 0, request.system}}});
      Turn turn{Role::user, {}};
      for (const std::string& image : images) {
        turn.parts.push_back({true, sample.images.size(), ""});
        sample.images.push_back(image);
      }
      turn.parts.push_back({false, 0, prompt});
      sample.turns.push_back(std::move(turn));
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

Sample conversation(const Request& request) {
  const std::string text = read_text_file(request.messages);
  Sample sample;
  try {
    append_messages(sample, parse_foreign_json(text),
                    request.image_dir.empty() ? request.messages.parent_path() : request.image_dir);
  } catch (const Error& error) {
    throw Error(error.status(), fmt::format("--messages {}: {}", request.messages.string(), error.what()));
  }
  return sample;
}

[[noreturn]] void refuse(const char* why) {
  throw Error(OC_E_OPTION, why);
}

// As statistics by category name it.
std::string category_of(const Sample& sample) {
  const auto fact = sample.facts.find("category");
  const std::string name = fact == sample.facts.end() ? ""
                           : fact->is_string()        ? fact->get<std::string>()
                                                      : store::json_line(*fact);
  return name.empty() ? "unknown" : name;
}

void keep_categories(std::vector<Sample>& samples, const Request& request) {
  if (request.categories.empty()) return;
  if (request.dataset.empty()) refuse("--category chooses among the entries of a data set: give --dataset FILE");
  std::set<std::string> known;
  for (const Sample& sample : samples) known.insert(category_of(sample));
  for (const std::string& wanted : request.categories) {
    if (known.contains(wanted)) continue;
    throw Error(OC_E_OPTION,
                fmt::format("--category {}: no entry of {} is of this category{}", wanted, request.dataset.string(),
                            options::did_you_mean(wanted, {known.begin(), known.end()})));
  }
  std::erase_if(samples, [&](const Sample& sample) {
    return std::find(request.categories.begin(), request.categories.end(), category_of(sample)) ==
           request.categories.end();
  });
}

// What can be told before a model is there.
void find_fault(Sample& sample, const Request& request) {
  for (const std::filesystem::path& image : sample.images) {
    if (image.native().find('\0') != std::string::npos) sample.fault = "the name of a picture holds a zero byte";
  }
  if (request.prompt_template.empty() || !sample.fault.empty()) return;
  try {
    apply_prompt_template(request.prompt_template, sample);
  } catch (const Error& error) {
    if (error.status() != OC_E_SAMPLE) throw;
    sample.fault = error.what();
  }
}

// A model computes once what the prompts of neighbours begin with. No more than this many are one group, so that many
// questions about one picture can still be shared out among shards.
constexpr size_t most_of_a_group = 16;

void group_by_pictures(std::vector<Sample>& samples) {
  struct Group {
    uint64_t number;
    size_t samples;
  };
  std::map<std::vector<std::filesystem::path>, Group> groups;  // the last one of each set of pictures
  uint64_t count = 0;
  for (Sample& sample : samples) {
    const auto group = sample.images.empty() ? groups.end() : groups.find(sample.images);
    if (group != groups.end() && group->second.samples < most_of_a_group) {
      ++group->second.samples;
      sample.group = group->second.number;
      continue;
    }
    sample.group = count++;
    if (!sample.images.empty()) groups[sample.images] = {sample.group, 1};
  }
}

// Of one of the sources that exclude each other.
std::vector<Sample> samples_of_source(const Request& request) {
  const bool has_pairs = !request.images.empty() || (!request.prompts.empty() && request.dataset.empty());
  const int sources = (has_pairs ? 1 : 0) + (request.messages.empty() ? 0 : 1) + (request.dataset.empty() ? 0 : 1);
  if (sources == 0)
    refuse("nothing to explain: give --image FILE and --prompt TEXT, --messages FILE or --dataset FILE");
  if (sources > 1) refuse("--image with --prompt, --messages and --dataset exclude each other: give one of them");

  if (!request.dataset.empty()) {
    if (request.prompts.size() > 1)
      refuse("with --dataset, at most one --prompt may be given: it serves entries without one");
    return read_data_set(request.dataset,
                         {request.image_dir, request.prompts.empty() ? "" : request.prompts.front(), request.system});
  }
  if (!request.messages.empty()) {
    if (!request.system.empty())
      refuse("--system and --messages exclude each other: put the system message into the file");
    return {conversation(request)};
  }
  if (request.prompts.empty()) refuse("there is no prompt: give --prompt TEXT");
  return combine(request);
}

}  // namespace

std::vector<Sample> read_samples(const Request& request) {
  std::vector<Sample> samples = request.retrieval ? retrieval_samples(request) : samples_of_source(request);
  if (samples.empty()) refuse("there is no sample to explain");
  for (Sample& sample : samples) find_fault(sample, request);
  if (request.together && request.images.size() < 2)
    refuse("--together puts several images into one prompt: give --image at least twice");
  if (request.answer) {
    for (Sample& sample : samples) {
      if (!sample.answer) sample.answer = request.answer;
    }
  }

  std::vector<store::SlugSource> sources_of_names;
  for (const Sample& sample : samples) {
    sources_of_names.push_back({sample.id, sample.images.empty() ? "text" : sample.images.front().stem().string()});
  }
  const std::vector<std::string> folders = store::sample_folders(sources_of_names);
  for (size_t i = 0; i < samples.size(); ++i) samples[i].folder = folders[i];
  // Named before cut, so that a sample's folder does not depend on which are run.
  keep_categories(samples, request);
  if (request.sample_index) {
    const uint64_t index = *request.sample_index;
    if (index >= samples.size()) {
      throw Error(OC_E_OPTION, fmt::format("--sample-index {}: there {} {} sample{}, so it goes from 0 to {}", index,
                                           samples.size() == 1 ? "is" : "are", samples.size(),
                                           samples.size() == 1 ? "" : "s", samples.size() - 1));
    }
    Sample only = std::move(samples[index]);
    samples.clear();
    samples.push_back(std::move(only));
  }
  if (request.limit && samples.size() > *request.limit) samples.resize(*request.limit);
  if (request.alteration) samples = altered(std::move(samples), *request.alteration, request.seed);
  group_by_pictures(samples);
  return samples;
}

}  // namespace ocellus::run
