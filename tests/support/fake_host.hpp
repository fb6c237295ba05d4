// A host for tests of one plugin: it loads the built library, gives it a sample that the test made up, and keeps what
// the plugin says and makes. Options are parsed by the real host's parser from the plugin's own table.
#pragma once

#include <ocellus/abi.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {

struct FakePicture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;  // [height, width, 3]
};

class FakeHost {
 public:
  // `library` is the stem of a file in the build's plugin folder, `spec` is written as on the command line:
  // "overlay:style=panel". Throws what the host's loader and parser throw.
  FakeHost(const std::string& library, const std::string& spec);
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // The sample, as the test fills it in.
  std::string label = "raw-attention";        // of the method that makes artifacts
  std::map<std::string, std::string> record;  // "question", "answer", ...
  std::vector<FakePicture> pictures;
  std::vector<oc_box> boxes;
  std::map<std::string, double> scores;  // "label/map/pointing", ... of maps

  // What the plugin said and wrote.
  std::vector<std::string> warnings;
  std::vector<std::string> failures;  // sentences of oc_host.fail
  std::vector<std::string> files;     // committed, by name: label[.name][.image<K>][.layer<L>][.<part>].<extension>

  template <class Table>
  const Table& table() const {
    return *static_cast<const Table*>(plugin_.table);
  }
  const oc_host* host() const { return &host_; }
  const oc_options* options() const;
  const oc_run* run() const { return run_.get(); }
  std::vector<const oc_artifact*> artifacts() const;  // committed, in order
  std::filesystem::path path_of(const std::string& file) const { return folder_ / file; }

  // An artifact of the sample; it is there once committed.
  ArtifactWriter artifact(const char* type, int32_t image, const char* name = "") const;

 private:
  friend struct FakeServices;

  TemporaryFolder folder_;
  oc_plugin plugin_{};
  oc_host host_{};
  std::unique_ptr<oc_run> run_;
  std::unique_ptr<oc_options> options_;
  std::vector<std::unique_ptr<oc_artifact>> artifacts_;
  std::map<std::string, std::string> open_files_;  // temporary path -> name
};

}  // namespace ocellus::test
