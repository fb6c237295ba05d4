// Everything the services of one sample hand out.
#pragma once

#include <ocellus/abi/model.h>
#include <ocellus/abi/services.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/plan/select.hpp"
#include "host/plan/wish.hpp"
#include "host/services/artifact_handle.hpp"
#include "host/services/layout_book.hpp"
#include "host/services/plugin_instance.hpp"
#include "host/store/schema.hpp"

namespace ocellus::services {

class SampleContext {
 public:
  SampleContext(media::Decoder& decoder, std::vector<std::filesystem::path> images)
      : decoder_(decoder), images_(std::move(images)), pictures_(images_.size()) {}

  // Decoded once, when first asked for. Throws Error(OC_E_SAMPLE).
  const media::Picture& picture(size_t image);
  std::vector<media::Picture> pictures();  // all of them
  // Another one of the same size in its place.
  void replace(size_t image, media::Picture picture) { pictures_.at(image) = std::move(picture); }
  size_t n_images() const { return images_.size(); }
  const std::vector<std::filesystem::path>& images() const { return images_; }

  // NULL = the sample has no such variant; 0 is the clean input.
  const LayoutBook* layouts_of(uint32_t variant) const {
    if (variant > variants.size()) return nullptr;
    return variant > 0 && variants[variant - 1] ? &*variants[variant - 1] : &layouts;
  }

  void add_box(std::string label, const oc_box& box);
  const std::vector<oc_box>& boxes() const { return boxes_; }

  std::map<std::string, std::string, std::less<>> texts;  // of the record service
  std::vector<oc_stack> stacks;                           // of the model; names live as long as it
  LayoutBook layouts;                                     // of the clean input
  std::deque<std::optional<LayoutBook>> variants;         // of variant 1, 2, ...; none = that of the clean input
  int64_t answer_tokens = -1;
  int64_t most_answer_tokens = 0;          // of the answer service, from plan on
  std::vector<oc_answer_token> generated;  // of the answer service, in finish
  Source source;                           // of the sample's artifacts
  std::function<std::string_view(int64_t)> token_bytes;
  std::function<std::vector<int64_t>(std::string_view)> encode;  // a text by itself, without added special tokens
  // The recorded score of a map in its stack, by name (oc_scores_1); nothing where no boxes are known.
  std::function<std::optional<double>(const store::ArtifactData&, size_t map, std::string_view score)> score;

 private:
  media::Decoder& decoder_;
  std::vector<std::filesystem::path> images_;
  std::vector<std::optional<media::Picture>> pictures_;
  std::deque<std::string> labels_;
  std::vector<oc_box> boxes_;
};

// Makes variants of the sample at hand.
class Variants {
 public:
  virtual ~Variants() = default;
  // The variant's number; its layout is readable on return. Throws Error.
  virtual uint32_t add(const oc_variant& variant) = 0;
  // OC_VARIANT_*, 0 of the clean input.
  virtual uint32_t kind_of(uint32_t variant) const = 0;
};

// Where a renderer's files go.
class Outputs {
 public:
  virtual ~Outputs() = default;
  // Whether a file shows one image's artifact, or those of all images together.
  enum class Shows { one_image, all_images };
  // The temporary path of a file that will get its name at commit.
  virtual const char* open(const store::ArtifactData& artifact, Shows shows, int32_t layer, const std::string& part,
                           const std::string& extension) = 0;
  // The same for a file that the user names by a pattern, its words filled in (oc_collection_1.open). Throws
  // Error(OC_E_OPTION) for a path that is not free.
  virtual const char* open_named(const std::string& pattern, const std::map<std::string, std::string>& words,
                                 const std::string& extension) = 0;
  virtual void commit(const std::string& path) = 0;
};

// The samples that a renderer draws together.
class Samples {
 public:
  virtual ~Samples() = default;
  virtual size_t count() const = 0;
  struct Opened {
    SampleContext& context;
    std::span<const oc_artifact* const> artifacts;
  };
  // Closes the one that was open. Throws Error.
  virtual Opened open(size_t index) = 0;
};

}  // namespace ocellus::services

// One plugin instance at work on one sample.
struct oc_run {
  ocellus::services::SampleContext* sample = nullptr;
  const ocellus::services::PluginInstance* plugin = nullptr;
  std::string label;
  std::vector<ocellus::store::ArtifactData>* artifacts = nullptr;  // of a method in finish
  mutable std::vector<std::unique_ptr<oc_artifact>> drafts;        // opened and not committed: thrown away with the run
  ocellus::services::Outputs* outputs = nullptr;                   // of a renderer
  bool collection = false;  // what a renderer draws are results over samples; `sample` then has no picture
  ocellus::services::Samples* samples = nullptr;  // of a renderer that draws several samples together
  mutable std::unique_ptr<oc_run> opened;         // the one of them that it looks at
};

// What a method plans into.
struct oc_plan {
  const oc_run* run = nullptr;
  const ocellus::plan::Serves* serves = nullptr;
  size_t method = 0;
  std::vector<ocellus::plan::Wish>* wishes = nullptr;
  ocellus::services::Variants* variants = nullptr;
  uint32_t n_probes = 0;  // of this method so far
  bool generate = false;
  std::optional<uint64_t> announced;  // bytes that the method will hold, once it says so
};
