#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/verbs.hpp"
#include "host/collection/drawing.hpp"
#include "host/media/decoder.hpp"
#include "host/run/own_map.hpp"
#include "host/run/rendering.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {

int render_verb(const CommandLine& line, const Paths& paths) {
  registry::Registry registry = open_registry(line, paths);
  std::vector<std::unique_ptr<run::Renderer>> renderers;
  for (const run::Choice& choice : run::choose(registry, registry::Kind::renderer, line.request.renders)) {
    renderers.push_back(std::make_unique<run::Renderer>(registry, choice));
  }
  media::Decoder decoder(paths.media);
  const auto print = [&](const std::vector<std::filesystem::path>& files) {
    for (const std::filesystem::path& file : files) {
      fmt::print("{}\n", line.json ? store::json_line({{"picture", file.string()}}) : file.string());
    }
  };
  if (!line.map.empty()) {
    const std::filesystem::path& out = line.request.out;
    print(run::draw_own_map(line.map, line.request.images.front(), out.empty() ? line.map.parent_path() : out,
                            renderers, decoder));
  }
  std::vector<std::filesystem::path> empty;  // runs without a sample that is drawn
  for (const std::filesystem::path& out : line.outs) {
    const std::vector<std::filesystem::path> files = run::redraw(out, renderers, decoder);
    print(files);
    if (files.empty()) empty.push_back(out);
  }
  const std::vector<std::filesystem::path> files = collection::redraw(line.outs, renderers, decoder, line.request.out);
  print(files);
  if (files.empty()) {
    for (const std::filesystem::path& out : empty)
      fmt::print(stderr, "{}: nothing there is drawn by these renderers\n", out.string());
  }
  return exit_ok;
}

}  // namespace ocellus::cli
