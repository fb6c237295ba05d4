// What the program that started this process says of it: torchrun, Slurm, Open MPI.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "host/run/shard.hpp"

namespace ocellus::shards {

// The value of a variable; NULL = not set. std::getenv is one.
using Environment = std::function<const char*(const char* name)>;

// The shard of this process: rank R of N is shard R + 1 of N. Read are
//   torchrun        RANK, WORLD_SIZE
//   Slurm, tasks    SLURM_PROCID, SLURM_STEP_NUM_TASKS or SLURM_NTASKS; not in the script of sbatch, which is one
//                   process whatever the job's number of tasks
//   Slurm, arrays   SLURM_ARRAY_TASK_ID with _MIN, _MAX, _STEP, _COUNT
//   Open MPI        OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE
// Each element of an array divides its share among its ranks. A source of one process says nothing. Throws
// Error(OC_E_OPTION) where two sources disagree, one has half of its variables or no numbers, or the ids of an array
// are not evenly spaced, so that an element's place cannot be known.
run::Shard shard_of_launcher(const Environment& environment);

// Did one of them start this process, whatever it is to do?
bool is_launched(const Environment& environment);

// How many threads this process may take, so that the processes of the launcher on this host do not all take all
// processors: the processors of the host, or those that Slurm gave the job there, divided by the launcher's processes
// on it, but no more than `usable`, those that this process is bound to. Empty where no launcher says how many there
// are.
std::optional<uint64_t> threads_of_launcher(const Environment& environment, uint64_t on_host, uint64_t usable);

}  // namespace ocellus::shards
