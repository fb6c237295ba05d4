// What the user asked of `ocellus run`, after parsing and before anything is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/faithfulness/settings.hpp"
#include "host/knockout/settings.hpp"
#include "host/options/spec.hpp"
#include "host/plan/generation.hpp"
#include "host/run/alteration.hpp"
#include "host/run/retrieval.hpp"
#include "host/run/shard.hpp"
#include "host/sanity/settings.hpp"

namespace ocellus::run {

struct Request {
  std::filesystem::path model;  // a folder; this and the pictures and files below are absolute
  std::string model_name;       // as the user wrote it
  std::vector<std::string> images, prompts;
  std::string system;           // "" = the template's own
  std::string prompt_template;  // name of prompt_template.hpp; "" = the question as it is
  std::filesystem::path messages, dataset, image_dir;
  std::vector<std::string> categories;  // only entries of these; none = all
  bool together = false;                // all images in one prompt instead of one sample each
  std::optional<std::string> answer;    // explained instead of a generated one
  std::optional<uint64_t> limit, sample_index;
  std::optional<Retrieval> retrieval;  // what is asked about `images` instead of prompts
  std::vector<options::Spec> methods, renders;
  std::optional<faithfulness::Settings> faithfulness;  // how the maps are judged, if they are
  std::vector<knockout::Settings> knockouts;           // what is blocked of the attention, one by one
  std::optional<sanity::Settings> sanity;              // of `ocellus sanity`: what it checks
  std::optional<Alteration> alteration;                // of the runs that it compares with
  options::Spec adapter;                               // options of the model plugin
  std::filesystem::path out;
  std::string config;  // a configuration file that asks for the same, kept as OUT/run.yaml
  bool fresh = false, dry_run = false;
  Shard shard;  // which samples of the request this process takes

  std::string device = "cpu", dtype = "auto";
  uint32_t threads = 0;
  uint64_t seed = 0;  // of everything that is drawn at random
  plan::Generation generation;
  std::optional<uint32_t> max_new_tokens;
  int64_t min_pixels = 0, max_pixels = 0;
  std::optional<uint64_t> memory_limit;  // bytes
};

}  // namespace ocellus::run
