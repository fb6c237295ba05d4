#!/usr/bin/env bash
# Runs a data set in the shards of a real Slurm, an array and a job of several tasks, and compares the merged results
# with those of a run in one piece. The Slurm is this script's own: one node, which is this machine, its files in a
# temporary folder, on ports of its own, and gone again at the end.
#
# usage: tools/slurm_smoke.sh [build/ocellus]
# Packages: tools/setup.sh --test-all. Works as root, or as a user for that user's jobs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/smoke_common.sh
open_smoke "${1:-build/ocellus}" sbatch srun slurmctld slurmd munged mungekey

pids=()
submitted=
close_slurm() {
  [ ${#pids[@]} -gt 0 ] || return 0
  # Jobs write to $scratch and would outlive what started them.
  scancel --user="$(id -un)" --quiet 2>/dev/null || true
  local i
  for ((i = 0; i < 50; ++i)); do
    [ -n "$(squeue --noheader 2>/dev/null)" ] || break
    sleep 0.2
  done
  [ -z "$submitted" ] || kill "$submitted" 2>/dev/null || true
  # The last one started first: the node before its controller, and both before what they authenticate with.
  for ((i = ${#pids[@]} - 1; i >= 0; --i)); do
    kill "${pids[i]}" 2>/dev/null && wait "${pids[i]}" 2>/dev/null || true
  done
  pids=()
}
at_exit close_slurm

in_background() { # NAME COMMAND...
  local -r name=$1
  shift
  "$@" >"$scratch/slurm/$name.out" 2>&1 &
  pids+=($!)
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

mkdir -p "$scratch"/slurm/{state,spool}
chmod 700 "$scratch/slurm"
host=$(hostname -s)
user=$(id -un)
cat >"$scratch/slurm/slurm.conf" <<CONF
ClusterName=smoke
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$scratch/slurm/munge.socket
StateSaveLocation=$scratch/slurm/state
SlurmdSpoolDir=$scratch/slurm/spool
SlurmctldPidFile=$scratch/slurm/slurmctld.pid
SlurmdPidFile=$scratch/slurm/slurmd.pid
SlurmctldLogFile=$scratch/slurm/slurmctld.log
SlurmdLogFile=$scratch/slurm/slurmd.log
# No cgroups: a container may not have them.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
# Four processors, however many there are: shards must be able to run beside each other.
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=smoke Nodes=$host Default=YES MaxTime=30 State=UP
CONF
export SLURM_CONF=$scratch/slurm/slurm.conf

mungekey --create --keyfile="$scratch/slurm/munge.key"
in_background munged munged --foreground --force --key-file="$scratch/slurm/munge.key" \
  --socket="$scratch/slurm/munge.socket" --pid-file="$scratch/slurm/munged.pid" \
  --log-file="$scratch/slurm/munged.log" --seed-file="$scratch/slurm/munged.seed"
until_true 10 "munged does not answer" test -S "$scratch/slurm/munge.socket"
in_background slurmctld slurmctld -D
in_background slurmd slurmd -D -N "$host"
node_is_idle() { [ "$(sinfo --noheader --format=%t 2>/dev/null)" = idle ]; }
until_true 30 "the node does not come up" node_is_idle

submit() { # EXIT-CODE NAME OPTION... -- COMMAND...
  local -r expected=$1 name=$2
  shift 2
  local -a options=()
  while [ "$1" != -- ]; do options+=("$1") && shift; done
  shift
  local code=0
  sbatch --wait --quiet --output="$scratch/$name.%A_%a.said" "${options[@]}" --wrap="$(printf '%q ' "$@")" &
  submitted=$!
  wait "$submitted" || code=$?
  submitted=
  [ "$code" -eq "$expected" ] || {
    tail -n 20 "$scratch/$name".*.said >&2
    die "$name: a job ended with $code instead of $expected"
  }
}

submit 0 array --array=1-7:2 -- "${request[@]}" --out "$scratch/array/run"
expect_same array
submit 0 tasks --ntasks=3 -- srun "${request[@]}" --out "$scratch/tasks/run"
expect_same tasks
submit 0 both --array=0-1 --ntasks=2 -- srun "${request[@]}" --out "$scratch/both/run"
expect_same both
# Without srun a job is one process, however many tasks it has; and an array with gaps divides nothing.
submit 1 script --ntasks=3 -- "${request[@]}" --out "$scratch/script/run"
diff -r "$scratch/whole/run/samples" "$scratch/script/run/samples" >&2 || die "script: it was not a run in one piece"
submit 2 gaps --array=1,3,7 -- "${request[@]}" --out "$scratch/gaps/run"
printf 'script, gaps: no shards\n'
