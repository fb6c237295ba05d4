# Sourced by tools/*_smoke.sh: a small data set, a run of it in one piece, and the comparison of what shards made of it.
#
#   open_smoke PROGRAM COMMAND...   checks that the program and the commands are there; makes $scratch and runs
#   "${request[@]}"                 `ocellus run` of the data set, without --out
#   expect_same OUT                 merges $scratch/OUT/run and compares it
#   at_exit FUNCTION                runs before $scratch is removed
#   until_true SECONDS SENTENCE COMMAND...

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

exit_functions=()
at_exit() { exit_functions+=("$1"); }
close_smoke() {
  local -r code=$?
  local close
  for close in "${exit_functions[@]}"; do "$close"; done
  if [ "$code" -ne 0 ] && [ -n "${OCELLUS_KEEP_SMOKE:-}" ]; then
    printf 'kept: %s\n' "$scratch" >&2
  else
    rm -rf "$scratch"
  fi
}

until_true() {
  local -r deadline=$((SECONDS + $1)) sentence=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt "$deadline" ] || die "$sentence"
    sleep 0.2
  done
}

open_smoke() {
  program=$(realpath -- "$1")
  [ -x "$program" ] || die "there is no program at $1: make build"
  shift
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || die "there is no $command: tools/setup.sh --test-all"
  done
  scratch=$(mktemp -d)
  trap close_smoke EXIT
  # No shards of whoever started this script.
  unset RANK WORLD_SIZE OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE "${!SLURM_@}"

  # Eleven samples of three categories; the pictures of two cannot be read.
  local -r pictures=$PWD/demo/pictures
  local i
  for i in {0..10}; do
    local picture=(landscape portrait square) category=(color place shape)
    local file=$pictures/${picture[i % 3]}.png
    [ "$i" -ne 3 ] || file=$pictures/none.png
    [ "$i" -ne 8 ] || file=$PWD/README.md
    printf '{"id": "sample-%d", "image": "%s", "question": "Is there a %s star?", "category": "%s"}\n' \
      "$i" "$file" "$i" "${category[i / 4]}"
  done >"$scratch/set.jsonl"
  request=("$program" run --model "$PWD/demo/qwen2_5_vl" --dataset "$scratch/set.jsonl" --threads 1 --progress none
    --method head-stats --method raw-attention:layers=3 --render overlay:dpi=50 --render histogram:of=overall,dpi=50
    --render export:format=csv)
  expect_code 1 "${request[@]}" --out "$scratch/whole/run"
}

# Some samples fail, so a run in one piece and a merge end with 1, and launched shards with 0.
expect_code() {
  local -r expected=$1
  shift
  local code=0
  "$@" >"$scratch/said" 2>&1 || code=$?
  [ "$code" -eq "$expected" ] || {
    cat "$scratch/said" >&2
    die "exit code $code instead of $expected: $*"
  }
}

expect_same() {
  local -r out=$scratch/$1/run
  [ -e "$out/run.samples.json" ] || die "$1: the processes were no shards"
  [ ! -e "$out/run.json" ] || die "$1: there is a run.json before the shards are merged"
  expect_code 1 "$program" merge "$out"
  local part
  for part in samples collection; do
    diff -r "$scratch/whole/run/$part" "$out/$part" >&2 || die "$1: $part/ is not that of a run in one piece"
  done
  printf '%s: the same as in one piece, %d files\n' "$1" "$(find "$out/samples" "$out/collection" -type f | wc -l)"
}
