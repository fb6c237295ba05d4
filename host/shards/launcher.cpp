#include "host/shards/launcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::shards {
namespace {

// A process among several, counted from 0.
struct Rank {
  uint64_t rank = 0, size = 1;
  std::string source;  // in words

  bool operator==(const Rank& other) const { return rank == other.rank && size == other.size; }
};

[[noreturn]] void refuse(const std::string& why) {
  throw Error(OC_E_OPTION, why + ": say with --shard I/N which share this process takes (--shard 1/1: all samples)");
}

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  bool has(const char* name) const { return environment_(name) != nullptr; }

  uint64_t number(const char* name) const {
    const std::string_view text = environment_(name);
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      refuse(fmt::format("the variable {} is '{}', which is no number", name, text));
    return value;
  }

  // Empty if neither variable is set, or the process is alone.
  std::optional<Rank> rank(const char* launcher, const char* rank_name, const char* size_name) const {
    if (!has(rank_name) && !has(size_name)) return std::nullopt;
    for (const auto& [there, missing] : {std::pair{rank_name, size_name}, std::pair{size_name, rank_name}}) {
      if (!has(missing)) refuse(fmt::format("the variable {} is set without {}", there, missing));
    }
    Rank found{number(rank_name), number(size_name), ""};
    found.source = fmt::format("{} ({}={}, {}={})", launcher, rank_name, found.rank, size_name, found.size);
    if (found.rank >= found.size) refuse(fmt::format("{}: ranks go from 0 to the size less 1", found.source));
    if (found.size == 1) return std::nullopt;
    return found;
  }

 private:
  const Environment& environment_;
};

std::optional<Rank> slurm_task(const Variables& variables) {
  // Of salloc, whose shell is no task; of the script of sbatch, which looks like task 0.
  const bool in_step = variables.has("SLURM_STEP_ID") || !variables.has("SLURM_JOB_ID");
  if (!variables.has("SLURM_PROCID") || !in_step) return std::nullopt;
  return variables.rank("Slurm task", "SLURM_PROCID",
                        variables.has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS");
}

std::optional<Rank> slurm_array(const Variables& variables) {
  if (!variables.has("SLURM_ARRAY_TASK_ID")) return std::nullopt;
  for (const char* name : {"SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_COUNT"}) {
    if (!variables.has(name)) refuse(fmt::format("the variable SLURM_ARRAY_TASK_ID is set without {}", name));
  }
  const uint64_t id = variables.number("SLURM_ARRAY_TASK_ID"), min = variables.number("SLURM_ARRAY_TASK_MIN"),
                 max = variables.number("SLURM_ARRAY_TASK_MAX"), count = variables.number("SLURM_ARRAY_TASK_COUNT");
  const uint64_t step = variables.has("SLURM_ARRAY_TASK_STEP") ? variables.number("SLURM_ARRAY_TASK_STEP") : 1;
  if (count == 1) return std::nullopt;
  // Of --array=1,3,7 Slurm tells the ends, a step of 1 and a count of 3.
  if (step == 0 || id < min || id > max || (id - min) % step != 0 || (max - min) / step + 1 != count) {
    refuse(
        fmt::format("element {} of the Slurm array (from {} to {} in steps of {}, {} elements) has no place: its ids "
                    "are not evenly spaced",
                    id, min, max, step, count));
  }
  return Rank{(id - min) / step, count, fmt::format("Slurm array (SLURM_ARRAY_TASK_ID={} of {})", id, count)};
}

// "4(x2),3": tasks by node, the largest number of them.
uint64_t largest_of_nodes(std::string_view text) {
  uint64_t largest = 0;
  while (!text.empty()) {
    uint64_t tasks = 0;
    std::from_chars(text.data(), text.data() + text.size(), tasks);
    largest = std::max(largest, tasks);
    const size_t comma = text.find(',');
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
  }
  return largest;
}

}  // namespace

run::Shard shard_of_launcher(const Environment& environment) {
  const Variables variables(environment);
  std::optional<Rank> task;
  for (const std::optional<Rank>& found :
       {variables.rank("torchrun", "RANK", "WORLD_SIZE"),
        variables.rank("Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), slurm_task(variables)}) {
    if (!found) continue;
    if (task && *task != *found) refuse(fmt::format("{} and {} disagree", task->source, found->source));
    if (!task) task = found;
  }
  const std::optional<Rank> element = slurm_array(variables);
  if (!task && !element) return {};
  const Rank outer = element.value_or(Rank{}), inner = task.value_or(Rank{});
  if (outer.size > run::max_shards || inner.size > run::max_shards / outer.size)
    refuse(fmt::format("{} x {} processes are more than {}", outer.size, inner.size, run::max_shards));
  const char* joint = element && task ? ", " : "";
  return {outer.rank * inner.size + inner.rank + 1, outer.size * inner.size, outer.source + joint + inner.source};
}

bool is_launched(const Environment& environment) {
  const Variables variables(environment);
  return variables.has("RANK") || variables.has("OMPI_COMM_WORLD_RANK") || variables.has("SLURM_PROCID");
}

std::optional<uint64_t> threads_of_launcher(const Environment& environment, uint64_t on_host, uint64_t usable) {
  const Variables variables(environment);
  uint64_t processors = on_host, processes = 0;
  for (const char* name : {"LOCAL_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"}) {
    if (variables.has(name)) processes = std::max(processes, variables.number(name));
  }
  if (variables.has("SLURM_JOB_ID")) {
    processes = std::max(processes, uint64_t{1});
    if (variables.has("SLURM_CPUS_ON_NODE")) processors = std::min(processors, variables.number("SLURM_CPUS_ON_NODE"));
    if (variables.has("SLURM_STEP_ID") && variables.has("SLURM_STEP_TASKS_PER_NODE"))
      processes = std::max(processes, largest_of_nodes(environment("SLURM_STEP_TASKS_PER_NODE")));
  }
  if (processes == 0) return std::nullopt;
  return std::clamp(processors / processes, uint64_t{1}, std::max(usable, uint64_t{1}));
}

}  // namespace ocellus::shards
