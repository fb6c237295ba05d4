// export: results over all samples as files that other tools read.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <ocellus/sdk.hpp>

#include "plugins/renderers/export/head_records.hpp"
#include "plugins/renderers/export/statistics.hpp"

namespace ocellus::exporting {
namespace {

class Export : public Renderer {
 public:
  struct Options : OptionSet {
    WordsOption format{*this,
                       "format",
                       "pt+json+npz+csv+statistics",
                       "the files to write",
                       {{"pt", "records of all heads, for torch.load(weights_only=True)"},
                        {"json", "the same records"},
                        {"npz", "the same as arrays, with samples and categories"},
                        {"csv", "the same, a line for each sample, layer and head"},
                        {"statistics", "moments overall, by category, and by layer in each category, as JSON"}}};
    ChoiceOption names{*this,
                       "names",
                       "own",
                       "what the files are called",
                       {{"own", "as all results: in collection/, after method and renderer"},
                        {"mme", "as the LLaVA head study calls them: mme_attention_head_records, statistics, ..."}}};
  } options;

  void render(const Run& run, const std::vector<ArtifactView>& artifacts) override {
    const auto other_run = [&](const ArtifactView& artifact) {
      return run.source_of(artifact, "run") != run.source_of(artifacts.front(), "run");
    };
    if (std::any_of(artifacts.begin(), artifacts.end(), other_run)) return;  // each run has its own files
    for (const ArtifactView& artifact : artifacts) {
      if (artifact.type() != "head-records/1") continue;
      write_records(run, artifact);
      // The statistics that the same method made of them.
      for (const ArtifactView& table : artifacts) {
        if (table.label() == artifact.label() && is_statistics(table) && wants("statistics"))
          write_statistics(run, table, lines_of(artifact.text("sample")).size());
      }
    }
  }

 private:
  bool wants(const char* format) const {
    const std::vector<std::string> words = options.format.value();
    return std::find(words.begin(), words.end(), format) != words.end();
  }

  void write_records(const Run& run, const ArtifactView& artifact) const {
    const HeadRecords records(artifact);
    const auto put = [&](const char* extension, std::string (*make)(const HeadRecords&)) {
      if (wants(extension)) write(run, artifact, "", "mme_attention_head_records", extension, make(records));
    };
    put("pt", records_pt);
    put("json", records_json);
    put("npz", records_npz);
    put("csv", records_csv);
  }

  void write_statistics(const Run& run, const ArtifactView& table, size_t n_samples) const {
    write(run, table, "", "statistics", "json", statistics_json(table, n_samples));
    for (const auto& [name, quantity] : {std::pair("t2v", "text_to_visual"), std::pair("v2t", "visual_to_text")}) {
      const std::string part = fmt::format("{}_category_layer", name);
      write(run, table, part, part + "_statistics", "json", category_layers_json(table, quantity));
    }
  }

  void write(const Run& run, const ArtifactView& artifact, const std::string& part, const std::string& mme_name,
             const char* extension, const std::string& bytes) const {
    const auto put = [&](const char* path) {
      std::ofstream file(path, std::ios::binary);
      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      file.close();
      if (!file) throw Error(OC_E_WRITE, fmt::format("{} bytes cannot be written to {}", bytes.size(), path));
    };
    if (options.names.value() == "mme") return run.output_named(mme_name, {}, extension, put);
    run.output(artifact, -1, part.c_str(), extension, put);
  }
};

}  // namespace
}  // namespace ocellus::exporting

OCELLUS_RENDERER(ocellus::exporting::Export, {"org.ocellus.export", "0.1.0", "Ocellus", "Apache-2.0"},
                 {.id = "export",
                  .summary = "results over all samples as files for other tools",
                  .accepts = {"head-records/1", "table/1"},
                  .produces = {"pt", "json", "npz", "csv"}})
