#!/usr/bin/env bash
# Installs what building and testing Ocellus needs, and nothing that is there already:
#   1. Packages of Debian 12, or of Ubuntu 24.04 (as root),
#   2. libtorch, from the wheel of PyTorch, into .venv/.
#
# Environment:
#   TORCH_INDEX_URL        the package index to take the wheel from; without it, the index pip is set up with
#   OCELLUS_TORCH          a libtorch of your own (a folder with include/ and lib/): no wheel is installed
#   OCELLUS_SKIP_PACKAGES  1 = leave the system's packages alone (other systems)
#   OCELLUS_OS_RELEASE     the file that names the system [/etc/os-release]
#
# tools/setup.sh --test-all   also what only `make test-all` needs: launchers of shards, a browser
# tools/setup.sh --list       prints the packages (with --test-all first, those too) and installs nothing
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly torch_version=2.13.0
readonly venv=.venv

test_all=
if [ "${1:-}" = --test-all ]; then
  test_all=1
  shift
fi
readonly test_all

say() { printf 'setup: %s\n' "$*"; }
die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

system_name() {
  (. "${OCELLUS_OS_RELEASE:-/etc/os-release}" 2>/dev/null && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}") || printf unknown
}

# Names by the system's own; the list has Debian 12's.
renamed() {
  case $(system_name) in
    "ubuntu 24.04") sed 's/^libboost1.81-dev$/libboost1.83-dev/' ;;
    *) cat ;;
  esac
}

wanted_packages() {
  { packages && if [ -n "$test_all" ]; then packages_of_test_all; fi; } | sed 's/#.*//' | xargs -n1 | renamed
}

packages() {
  cat <<'LIST'
    # compiler and build
    g++ cmake ninja-build ccache pkg-config
    # libtorch's wheel is installed with pip
    python3-venv
    # loading plugins, JSON, command line, messages
    libboost1.81-dev nlohmann-json3-dev libcli11-dev libyaml-cpp-dev libspdlog-dev libfmt-dev
    # tokenizers: regular expressions, Unicode normalisation
    libpcre2-dev libutf8proc-dev
    # drawing pictures and text; picture files; compressed files
    libpango1.0-dev libcairo2-dev libfontconfig-dev libpng-dev libjpeg-dev libwebp-dev zlib1g-dev
    # films: FFmpeg's libraries, which bring x264 and libvpx
    libavformat-dev libavcodec-dev libswscale-dev libavutil-dev
    # the fonts that the picture tests draw with, Latin and Chinese
    fonts-dejavu-core fonts-noto-cjk
    # tests: frameworks; symbols of the built libraries; result files opened in numpy
    libgtest-dev libgmock-dev librapidcheck-dev binutils python3-numpy
    # the SDK's headers under a second compiler; fuzzing; formatting
    clang libclang-rt-dev clang-format
LIST
}

packages_of_test_all() {
  cat <<'LIST'
    # what starts shards: a real mpirun, a real Slurm and what it authenticates with
    openmpi-bin slurmctld slurmd slurm-client munge
    # what plays films
    chromium
LIST
}

missing_packages() {
  local wanted
  mapfile -t wanted < <(wanted_packages)
  # dpkg-query answers in its own order and complains about names it has never heard of, so compare as sets.
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

# Runs a command silently; its output is shown only if it fails.
quietly() {
  local output
  output=$("$@" 2>&1) && return
  printf '%s\n' "$output" | tail -n 15 >&2
  return 1
}

install_packages() {
  [ "${OCELLUS_SKIP_PACKAGES:-}" = 1 ] && return
  local system
  system=$(system_name)
  [ "$system" = "debian 12" ] || [ "$system" = "ubuntu 24.04" ] || die "this installs packages on Debian 12 and" \
    "Ubuntu 24.04 only, and this system is '$system': install the counterparts of these yourself, then run again with OCELLUS_SKIP_PACKAGES=1:" $(wanted_packages)

  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  local -r command=(apt-get install -y --no-install-recommends "${missing[@]}")
  [ "$(id -u)" -eq 0 ] || die "Debian packages are missing, and only root can install them; ask an administrator for:" "${command[*]}"

  say "installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-get -o DPkg::Lock::Timeout=120 update ||
    die "apt-get cannot fetch the package lists; check the network and /etc/apt/sources.list, then run this again"
  quietly "${command[@]}" -o DPkg::Lock::Timeout=120 ||
    die "apt-get cannot install the packages (see above); check the network, then run this again"
}

torch_installed() {
  # pip writes RECORD last, so an interrupted installation does not count.
  compgen -G "$venv/lib/python3*/site-packages/torch-$torch_version*.dist-info/RECORD" >/dev/null
}

install_torch() {
  if [ -n "${OCELLUS_TORCH:-}" ]; then
    [ -f "$OCELLUS_TORCH/include/ATen/ATen.h" ] && [ -f "$OCELLUS_TORCH/lib/libtorch.so" ] ||
      die "OCELLUS_TORCH is '$OCELLUS_TORCH', which has no include/ATen/ATen.h or lib/libtorch.so; name a libtorch folder"
    say "using the libtorch in $OCELLUS_TORCH"
    return
  fi
  torch_installed && return

  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    # Debian's own interpreter: one that stands first on PATH may lack venv or a wheel for its version.
    local python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    say "creating $venv/"
    quietly "$python" -m venv --clear "$venv" || die "$python cannot create $venv/; is python3-venv installed?"
  fi
  local -a index=()
  if [ -n "${TORCH_INDEX_URL:-}" ]; then
    index=(--index-url "$TORCH_INDEX_URL")
  fi
  say "installing torch $torch_version into $venv/ from ${TORCH_INDEX_URL:-the default package index}" \
    "(a CPU wheel has 0.2 GB, a CUDA one several; TORCH_INDEX_URL chooses another index)"
  quietly "$venv/bin/python" -m pip install --disable-pip-version-check --retries 2 "${index[@]}" "torch==$torch_version" ||
    die "pip cannot install torch $torch_version (see above); check the network, or set TORCH_INDEX_URL to a package" \
      "index that has it, or OCELLUS_TORCH to a libtorch folder"
}

if [ "${1:-}" = --list ]; then
  wanted_packages
  exit
fi
install_packages
install_torch
say "everything is there"
