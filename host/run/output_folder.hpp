// OUT: one folder a run, with run.json and samples/<folder>/. Shards of one run may share it, each with a manifest of
// its own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/run/manifest.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/atomic_file.hpp"
#include "host/store/schema.hpp"

namespace ocellus::run {

class OutputFolder {
 public:
  // Makes OUT or takes over one that holds a run of the same request. `fresh` first removes what a run left there, and
  // only if there is a manifest; it is not for shards. A shard takes a run.json away: what shards have done is joined
  // anew. Throws Error(OC_E_WRITE) for a file in the way, Error(OC_E_OPTION) for a run of another request, or in other
  // shards.
  OutputFolder(std::filesystem::path out, const RunIdentity& run, bool fresh);

  // The same refusals, before anything is made or removed.
  static void check(const std::filesystem::path& out, const RunIdentity& run, bool fresh);

  const std::filesystem::path& path() const { return out_; }
  std::filesystem::path sample(const std::string& folder) const { return sample(out_, folder); }
  static std::filesystem::path sample(const std::filesystem::path& out, const std::string& folder) {
    return out / "samples" / folder;
  }

  // The manifest of the run, or of its shard: written at the start without `complete`, at the end with it.
  void write_manifest(const nlohmann::ordered_json& manifest) const;

 private:
  std::filesystem::path out_;
  Shard shard_;
};

// Writes a file by its path under OUT, with the folders that it needs. Throws Error(OC_E_WRITE).
void write_under(const std::filesystem::path& out, const std::filesystem::path& name, const std::string& text);

// The name of a folder OUT, as pictures show it: that of the folder itself, also where `out` ends in "/" or ".."; ""
// without an OUT, as in a dry run.
std::string run_name(const std::filesystem::path& out);

// `<label>[.<name>][.image<K>].npz`; the image number only where the sample has several images.
std::string artifact_file(const store::ArtifactData& artifact, size_t n_images);

// What the words of a pattern stand for, beside those of the file itself: label, name, layer, image, part.
struct Naming {
  std::string pattern;  // empty = the usual names
  // The same for all files: "sample", "question" as a slug, "model", "renderer", and "sample/", the sample's folder and
  // a slash where the run has several, else nothing; in a pair "candidate", "query" and "query/".
  std::map<std::string, std::string> words;
  std::vector<std::string> images;  // names of the pictures' files, without extension
  std::string candidate_image;      // number of the candidate's, in a pair of query and candidate; "" = no pair
  std::vector<std::string> taken;   // by others, as written() tells names
};

// The path under OUT of a file by a name of the user's, from its name in a record of a sample: "../../grid/a.png" is
// "grid/a.png". Empty for a file in the sample's folder, and for what leaves OUT or belongs to the run itself.
std::filesystem::path path_of_named(const std::string& recorded);

// Files of one renderer for one sample: `<label>[.<name>][.image<K>][.layer<L>].<renderer>[.<part>].<extension>`; the
// image number only where the sample has several images and the file shows one, the renderer once where it is called as
// the extension.
class Pictures : public services::Outputs {
 public:
  // `root` is the folder that names of the user's start at; empty = they are refused.
  Pictures(std::filesystem::path folder, std::string renderer, size_t n_images, std::filesystem::path root = {},
           Naming naming = {})
      : folder_(std::move(folder)),
        renderer_(std::move(renderer)),
        n_images_(n_images),
        root_(std::move(root)),
        naming_(std::move(naming)) {}
  const char* open(const store::ArtifactData& artifact, Shows shows, int32_t layer, const std::string& part,
                   const std::string& extension) override;
  const char* open_named(const std::string& pattern, const std::map<std::string, std::string>& words,
                         const std::string& extension) override;
  void commit(const std::string& path) override;

  // Paths of the committed files from the folder, in order.
  const std::vector<std::string>& written() const { return written_; }

 private:
  const char* open_by_pattern(const store::ArtifactData& artifact, Shows shows, int32_t layer, const std::string& part,
                              const std::string& extension);
  // `name` is the path from the folder. Throws Error(status) if it is taken.
  const char* add(std::string name, oc_status status);

  std::filesystem::path folder_;
  std::string renderer_;
  size_t n_images_;
  std::filesystem::path root_;
  Naming naming_;
  struct Open {
    std::string name, path;
    std::unique_ptr<store::PendingFile> file;
  };
  std::vector<Open> open_;
  std::vector<std::string> written_;
};

}  // namespace ocellus::run
