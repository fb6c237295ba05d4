#include "host/shards/launcher.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/refusal.hpp"

namespace ocellus::shards {
namespace {

using test::Refusal;
using Variables = std::map<std::string, std::string>;

Environment environment_of(const Variables& variables) {
  return [&variables](const char* name) {
    const auto at = variables.find(name);
    return at == variables.end() ? nullptr : at->second.c_str();
  };
}

Variables operator+(Variables left, const Variables& right) {
  left.insert(right.begin(), right.end());
  return left;
}

std::string shard_of(const Variables& variables) {
  return shard_of_launcher(environment_of(variables)).name();
}

// Every refusal names a way out.
Refusal refusal_of(const Variables& variables) {
  const Refusal refusal = test::refusal_of([&] { shard_of_launcher(environment_of(variables)); });
  EXPECT_EQ(refusal.status, OC_E_OPTION);
  EXPECT_TRUE(refusal.says("--shard I/N")) << refusal;
  return refusal;
}

const Variables torchrun{{"RANK", "1"}, {"WORLD_SIZE", "5"}, {"LOCAL_RANK", "1"}, {"LOCAL_WORLD_SIZE", "5"}};
const Variables mpi{{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}};
// As Slurm 22.05 sets them.
const Variables sbatch_script{{"SLURM_JOB_ID", "1"},
                              {"SLURM_PROCID", "0"},
                              {"SLURM_NTASKS", "3"},
                              {"SLURM_TASKS_PER_NODE", "3"},
                              {"SLURM_CPUS_ON_NODE", "12"}};
const Variables srun_task{{"SLURM_JOB_ID", "1"},  {"SLURM_STEP_ID", "0"},        {"SLURM_PROCID", "1"},
                          {"SLURM_NTASKS", "3"},  {"SLURM_STEP_NUM_TASKS", "3"}, {"SLURM_STEP_TASKS_PER_NODE", "2,1"},
                          {"SLURM_LOCALID", "1"}, {"SLURM_CPUS_ON_NODE", "12"}};
const Variables array{{"SLURM_ARRAY_TASK_ID", "3"},   {"SLURM_ARRAY_TASK_MIN", "1"},   {"SLURM_ARRAY_TASK_MAX", "7"},
                      {"SLURM_ARRAY_TASK_STEP", "2"}, {"SLURM_ARRAY_TASK_COUNT", "4"}, {"SLURM_JOB_ID", "5"},
                      {"SLURM_PROCID", "0"},          {"SLURM_CPUS_ON_NODE", "2"}};

TEST(Launcher, ARankCountsFromZeroAndAShardFromOne) {
  EXPECT_EQ(shard_of({}), "1/1");
  EXPECT_EQ(shard_of(torchrun), "2/5");
  EXPECT_EQ(shard_of(mpi), "4/4");
  EXPECT_EQ(shard_of(srun_task), "2/3");
  EXPECT_EQ(shard_of({{"SLURM_PROCID", "4"}, {"SLURM_NTASKS", "5"}}), "5/5");
  EXPECT_NE(shard_of_launcher(environment_of(torchrun)).origin.find("RANK=1"), std::string::npos);
}

TEST(Launcher, TheScriptOfSbatchIsNoTask) {
  EXPECT_EQ(shard_of(sbatch_script), "1/1");
  EXPECT_EQ(shard_of(sbatch_script + mpi), "4/4") << "mpirun in such a script";
  EXPECT_EQ(shard_of({{"SLURM_JOB_ID", "1"}, {"SLURM_NTASKS", "3"}}), "1/1") << "the shell of salloc";
}

TEST(Launcher, AStepMayHaveFewerTasksThanTheJob) {
  Variables step = srun_task;
  step["SLURM_STEP_NUM_TASKS"] = "2";
  EXPECT_EQ(shard_of(step), "2/2");
}

TEST(Launcher, AnElementOfAnArrayHasItsPlaceInTheArray) {
  EXPECT_EQ(shard_of(array), "2/4");
  EXPECT_EQ(shard_of({{"SLURM_ARRAY_TASK_ID", "9"},
                      {"SLURM_ARRAY_TASK_MIN", "0"},
                      {"SLURM_ARRAY_TASK_MAX", "9"},
                      {"SLURM_ARRAY_TASK_COUNT", "10"}}),
            "10/10");
}

TEST(Launcher, AnElementDividesItsShareAmongItsTasks) {
  std::map<std::string, int> seen;
  for (const char* element : {"1", "3", "5", "7"}) {
    for (const char* task : {"0", "1", "2"}) {
      Variables both = srun_task + array;
      both["SLURM_ARRAY_TASK_ID"] = element;
      both["SLURM_PROCID"] = task;
      ++seen[shard_of(both)];
    }
  }
  EXPECT_EQ(seen.size(), 12u);
  EXPECT_TRUE(seen.contains("1/12") && seen.contains("12/12"));
}

TEST(Launcher, AnArrayWithGapsHasNoPlaces) {
  Variables gaps = array;  // --array=1,3,7
  gaps["SLURM_ARRAY_TASK_STEP"] = "1";
  gaps["SLURM_ARRAY_TASK_COUNT"] = "3";
  EXPECT_TRUE(refusal_of(gaps).says("evenly"));
  Variables outside = array;
  outside["SLURM_ARRAY_TASK_ID"] = "9";
  refusal_of(outside);
  outside["SLURM_ARRAY_TASK_ID"] = "2";
  refusal_of(outside);
  Variables alone{{"SLURM_ARRAY_TASK_ID", "9"}};
  EXPECT_TRUE(refusal_of(alone).says("SLURM_ARRAY_TASK_MIN"));
}

TEST(Launcher, SourcesThatDisagreeAreNotGuessed) {
  const Refusal refusal = refusal_of(torchrun + mpi);
  EXPECT_TRUE(refusal.says("torchrun") && refusal.says("Open MPI") && refusal.says("disagree")) << refusal;
  refusal_of(torchrun + srun_task);
}

TEST(Launcher, SourcesThatAgreeOrAreAloneAreFine) {
  EXPECT_EQ(shard_of(torchrun + Variables{{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "5"}}), "2/5");
  EXPECT_EQ(shard_of(torchrun + Variables{{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "1"}}), "2/5");
  EXPECT_EQ(shard_of({{"RANK", "0"}, {"WORLD_SIZE", "1"}}), "1/1");
}

TEST(Launcher, HalfAPairOrNoNumberIsRefused) {
  EXPECT_TRUE(refusal_of({{"RANK", "1"}}).says("WORLD_SIZE"));
  EXPECT_TRUE(refusal_of({{"WORLD_SIZE", "2"}}).says("RANK"));
  EXPECT_TRUE(refusal_of({{"RANK", "one"}, {"WORLD_SIZE", "2"}}).says("'one'"));
  EXPECT_TRUE(refusal_of({{"RANK", "2"}, {"WORLD_SIZE", "2"}}).says("ranks go from 0"));
  refusal_of({{"RANK", "-1"}, {"WORLD_SIZE", "2"}});
  refusal_of({{"RANK", "0"}, {"WORLD_SIZE", "0"}});
  refusal_of({{"RANK", "0"}, {"WORLD_SIZE", ""}});
  refusal_of({{"RANK", "0"}, {"WORLD_SIZE", "18446744073709551615"}});
}

TEST(Launcher, IsKnownWhateverShardIsTaken) {
  for (const Variables& variables : {torchrun, mpi, srun_task, array, sbatch_script})
    EXPECT_TRUE(is_launched(environment_of(variables)));
  EXPECT_FALSE(is_launched(environment_of({{"HOME", "/"}})));
}

TEST(Launcher, ThreadsAreDividedAmongTheProcessesOfTheHost) {
  const auto threads = [](const Variables& variables, uint64_t on_host, uint64_t usable) {
    return threads_of_launcher(environment_of(variables), on_host, usable);
  };
  EXPECT_EQ(threads({}, 16, 16), std::nullopt);
  EXPECT_EQ(threads(mpi, 16, 16), 4u);
  EXPECT_EQ(threads(mpi, 16, 1), 1u) << "mpirun binds to a core";
  EXPECT_EQ(threads(mpi, 2, 2), 1u) << "more processes than processors";
  EXPECT_EQ(threads(torchrun, 16, 16), 3u);
  EXPECT_EQ(threads(srun_task, 64, 64), 6u) << "of the job's 12 processors, two tasks on the fuller node";
  EXPECT_EQ(threads(array, 64, 64), 2u);
  EXPECT_EQ(threads(sbatch_script, 64, 64), 12u);
}

}  // namespace
}  // namespace ocellus::shards
