// A loaded, warm model that does one piece of work for each line it reads, and says how long it took. bench/run keeps
// it beside the Python workers and takes turns.
//
//   prefill_worker MODEL PICTURE.ppm PROMPT DTYPE THREADS
//
// Commands: `plain` (prefill), `explained` (prefill; attention of all layers and heads, last row), `generate N`,
// `gemm` (rate of a plain matrix product of the run's type). Answers are JSON lines.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/qwen2_5_vl/model.hpp"

namespace {

using nlohmann::json;
using namespace ocellus;

struct Picture {
  uint32_t width = 0, height = 0;
  std::vector<uint8_t> rgb;
};

Picture read_ppm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Picture picture;
  int largest = 0;
  file >> magic >> picture.width >> picture.height >> largest;
  file.get();
  picture.rgb.resize(size_t{3} * picture.width * picture.height);
  file.read(reinterpret_cast<char*>(picture.rgb.data()), static_cast<std::streamsize>(picture.rgb.size()));
  if (!file || magic != "P6" || largest != 255) throw std::runtime_error(path + " is no 8-bit P6 picture");
  return picture;
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Counts what arrives and drops it, after touching it as a method would.
struct CountingSink {
  CountingSink() {
    table.struct_size = sizeof table;
    table.context = this;
    table.layout = [](void* context, const oc_layout* layout) noexcept -> oc_status {
      if (std::string(layout->stack) == "language") static_cast<CountingSink*>(context)->tokens = layout->n_tokens;
      return OC_OK;
    };
    table.capture = [](void* context, const oc_capture*, oc_tensor* take) noexcept -> oc_status {
      const TensorPointer tensor(take);
      const auto values = TensorView<float>(tensor.get()).flat();
      static_cast<CountingSink*>(context)->mass += std::accumulate(values.begin(), values.end(), 0.0);
      return OC_OK;
    };
    table.step = [](void* context, const oc_step*) noexcept -> oc_status {
      ++static_cast<CountingSink*>(context)->steps;
      return OC_OK;
    };
    table.cancelled = [](void*) noexcept -> int32_t { return 0; };
  }
  CountingSink(const CountingSink&) = delete;

  oc_sink table{};
  int64_t tokens = 0, steps = 0;
  double mass = 0;
};

class Worker {
 public:
  Worker(const std::string& folder, const std::string& picture, const std::string& prompt, const std::string& dtype,
         uint32_t threads)
      : picture_(read_ppm(picture)), type_(dtype == "float32" ? at::kFloat : at::kBFloat16) {
    oc_model_settings settings{};
    settings.struct_size = sizeof settings;
    settings.threads = threads;
    settings.folder = folder.c_str();
    settings.device = "cpu";
    settings.dtype = dtype.c_str();
    model_ = std::make_unique<qwen2_5_vl::Qwen2_5VL>(Host(), settings, /*force_template=*/false);

    const oc_image image{picture_.width, picture_.height, picture_.rgb.data()};
    const std::vector<oc_part> parts{{OC_PART_IMAGE, 0, nullptr}, {OC_PART_TEXT, 0, prompt.c_str()}};
    const oc_turn turn{OC_ROLE_USER, static_cast<uint32_t>(parts.size()), parts.data()};
    oc_sample sample{};
    sample.struct_size = sizeof sample;
    sample.n_turns = sample.n_images = 1;
    sample.turns = &turn;
    sample.images = &image;
    CountingSink sink;
    prepared_ = model_->prepare(sample, Sink(&sink.table));
    tokens_ = sink.tokens;
    model_->load();
  }

  json describe() const {
    json facts;
    model_->describe([&](const std::string& key, const std::string& value) { facts[key] = value; });
    return {{"tokens", tokens_}, {"facts", facts}};
  }

  json plain() {
    const int64_t last = tokens_ - 1;
    oc_merged_probe logits = probe(OC_PROBE_LOGITS, last);
    return timed({&logits}, 0);
  }

  json explained() {
    const int64_t last = tokens_ - 1;
    oc_merged_probe logits = probe(OC_PROBE_LOGITS, last), attention = probe(OC_PROBE_ATTENTION, last);
    std::vector<int64_t> layers(model_->stacks()[0].n_layers), heads(model_->stacks()[0].n_heads);
    std::iota(layers.begin(), layers.end(), 0);
    std::iota(heads.begin(), heads.end(), 0);
    attention.id = 1;
    attention.layers = layers.data(), attention.n_layers = layers.size();
    attention.heads = heads.data(), attention.n_heads = heads.size();
    return timed({&logits, &attention}, 0);
  }

  json generate(uint32_t count) { return timed({}, count); }

  // GFLOP/s of a product large enough to run at the processor's rate.
  json gemm() const {
    const c10::InferenceMode no_autograd;
    constexpr int64_t rows = 1280, inner = 2048, columns = 4096;
    const at::Tensor a = at::rand({rows, inner}).to(type_), b = at::rand({inner, columns}).to(type_);
    const double wall = wall_seconds(), cpu = cpu_seconds();
    at::mm(a, b);
    const double flops = 2.0 * rows * inner * columns;
    return {{"gflops", flops / (wall_seconds() - wall) / 1e9}, {"cpu_gflops", flops / (cpu_seconds() - cpu) / 1e9}};
  }

 private:
  static oc_merged_probe probe(const char* kind, const int64_t& row) {
    oc_merged_probe wish{};
    wish.struct_size = sizeof wish;
    wish.kind = kind;
    wish.stack = "language";
    wish.rows = &row;
    wish.n_rows = 1;
    return wish;
  }

  json timed(const std::vector<const oc_merged_probe*>& probes, uint32_t max_new_tokens) {
    oc_merged_plan plan{};
    plan.struct_size = sizeof plan;
    plan.probes = probes.data();
    plan.n_probes = probes.size();
    plan.max_new_tokens = max_new_tokens;
    CountingSink sink;
    const double wall = wall_seconds(), cpu = cpu_seconds();
    model_->execute(*prepared_, plan, Sink(&sink.table));
    return {{"seconds", wall_seconds() - wall},
            {"cpu", cpu_seconds() - cpu},
            {"peak_mib", peak_mib()},
            {"steps", sink.steps},
            {"mass", sink.mass}};
  }

  Picture picture_;
  at::ScalarType type_;
  std::unique_ptr<qwen2_5_vl::Qwen2_5VL> model_;
  std::unique_ptr<Model::Prepared> prepared_;
  int64_t tokens_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 6) throw std::runtime_error("expected MODEL PICTURE.ppm PROMPT DTYPE THREADS");
    Worker worker(argv[1], argv[2], argv[3], argv[4], static_cast<uint32_t>(std::stoul(argv[5])));
    std::cout << worker.describe() << std::endl;
    std::string command;
    while (std::cin >> command) {
      if (command == "plain") {
        std::cout << worker.plain() << std::endl;
      } else if (command == "explained") {
        std::cout << worker.explained() << std::endl;
      } else if (command == "gemm") {
        std::cout << worker.gemm() << std::endl;
      } else if (uint32_t count = 0; command == "generate" && std::cin >> count) {
        std::cout << worker.generate(count) << std::endl;
      } else {
        throw std::runtime_error("unknown command '" + command + "'");
      }
    }
  } catch (const std::exception& error) {
    std::cerr << "prefill_worker: " << error.what() << '\n';
    return 1;
  }
}
