#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The commands of a newcomer. Needs Debian 12 (or newer) and nothing else: what is missing is installed by name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'EOF'
usage: bash cmake/dev.sh COMMAND

  demo      build the command, make a sample shop of 2000 customers, segment it, show the result
  test      build everything, run every test
  sanitize  the tests again under the address, undefined-behaviour and thread sanitizers (half an hour on two processors)
  bench     build and run the benchmarks (arguments are passed on to each)
  help      this text

Missing Debian packages are installed with apt-get, by name, removing nothing and asking nothing. Everything is built
below build/, results go to out/; a second run builds only what changed. SEGMENTA_JOBS=N sets the number of compilers
that run at once (default: one per processor).
EOF
}

jobs=${SEGMENTA_JOBS:-$(nproc)}
# The compiler cache then knows a file again in another clone of the project.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
packages=(g++ cmake ninja-build ccache zlib1g-dev libfmt-dev libhowardhinnant-date-dev tzdata libcli11-dev libre2-dev
          libeigen3-dev catch2 libbenchmark-dev)
private_boost=.deps/boost

say() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
fail() { printf '\nerror: %s\n' "$*" >&2; exit 1; }

# --- what must be installed -------------------------------------------------------------------------------------------

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_of() {
    local package
    for package in "$@"; do installed "$package" || printf '%s ' "$package"; done
}

# The word before a command that changes the machine: nothing for root, sudo for somebody who may without a password.
become_root=
need_root() {
    if [ "$(id -u)" -eq 0 ]; then return; fi
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        become_root="sudo -n"
        return
    fi
    fail "packages are missing and this is not a root shell. As root, run
  apt-get update && apt-get install -y --no-remove --no-install-recommends $*
then start this command again."
}

lists_are_fresh=no
refresh_lists() {
    if [ "$lists_are_fresh" = yes ]; then return; fi
    note "reading the package lists"
    # One unreachable source of several is no reason to stop: the installation will say what it lacks.
    $become_root apt-get update -q </dev/null >.cache/apt-update.log 2>&1 ||
        note "apt-get update complained (see .cache/apt-update.log); trying with the lists at hand"
    lists_are_fresh=yes
}

install_packages() {
    say "Installing: $*"
    need_root "$@"
    refresh_lists
    $become_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-remove --no-install-recommends \
        -o Dpkg::Use-Pty=0 install "$@" </dev/null ||
        fail "apt-get could not install: $*
Nothing was removed. Its own words above say what stands in the way."
}

# The first Boost of at least 1.81 that this Debian offers.
boost_version() {
    local version policy
    for version in 1.81 1.83 1.88; do
        policy=$(LC_ALL=C apt-cache policy "libboost-json$version-dev" 2>/dev/null)
        if [[ $policy =~ Candidate:\ [0-9] ]]; then
            echo "$version"
            return
        fi
    done
}

# Header-only Boost and the parts of it that are compiled, unpacked below .deps/: nothing on the machine changes.
unpack_boost() {
    local version=$1 package folder=$private_boost.new
    note "Boost $version does not fit beside the Boost installed here; unpacking it below $private_boost/ instead"
    rm -rf "$folder"
    mkdir -p "$folder/archives"
    (cd "$folder/archives" && apt-get -q -o APT::Sandbox::User=root download "libboost$version-dev" \
        "libboost-json$version-dev" "libboost-json$version.0" \
        "libboost-container$version-dev" "libboost-container$version.0" \
        "libboost-system$version-dev" "libboost-system$version.0" </dev/null 2>&1 | sed 's/^/    /') ||
        fail "cannot download Boost $version; is the network reachable?"
    for package in "$folder"/archives/*.deb; do dpkg -x "$package" "$folder"; done
    rm -rf "$folder/archives" "$private_boost"
    mv "$folder" "$private_boost"
}

need_boost() {
    [ -d "$private_boost/usr/include/boost" ] && return
    local version
    for version in 1.81 1.83 1.88; do
        if installed "libboost$version-dev" && installed "libboost-json$version-dev"; then return; fi
    done
    version=$(boost_version)
    if [ -z "$version" ]; then # the lists may be old or absent
        need_root libboost1.81-dev libboost-json1.81-dev
        refresh_lists
        version=$(boost_version)
    fi
    [ -n "$version" ] || fail "this machine's package sources offer no Boost of at least 1.81 (libboost-json1.81-dev)"
    # Debian's Boost packages of different versions exclude each other; ask apt beforehand whether it would have to
    # remove something.
    if apt-get -s --no-remove --no-install-recommends install "libboost$version-dev" "libboost-json$version-dev" \
        </dev/null >/dev/null 2>&1; then
        install_packages "libboost$version-dev" "libboost-json$version-dev"
    else
        unpack_boost "$version"
    fi
}

need_packages() {
    mkdir -p .cache
    if ! command -v apt-get >/dev/null; then
        note "no apt-get here; you need these libraries (Debian names): ${packages[*]} libboost1.81-dev libboost-json1.81-dev"
        return
    fi
    local missing
    missing=$(missing_of "${packages[@]}")
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
    need_boost
}

# --- building and testing ---------------------------------------------------------------------------------------------

# configure PRESET
configure() {
    say "Configuring $1"
    cmake --preset "$1" >".cache/configure-$1.log" 2>&1 || {
        cat ".cache/configure-$1.log" >&2
        printf '\nerror: configuring %s failed (see above)\n' "$1" >&2
        return 1
    }
}

# build PRESET [ninja arguments]; keeps going, so that one broken file hides no other result
build() {
    local preset=$1
    shift
    say "Building $preset ($jobs at once): $*"
    NINJA_STATUS='[%f/%t %es] ' ninja -C "build/$preset" -j "$jobs" -k 0 "$@"
}

passed=0 failed=0 skipped=0 broken=()

# attribute NAME FILE: an attribute of the <testsuite> element that ctest writes
attribute() { sed -n '/<testsuite/,/>/s/.*[[:space:]]'"$1"'="\([0-9]*\)".*/\1/p' "$2" | head -n 1; }

# run_tests PRESET [ctest arguments]: adds to the three counts
run_tests() {
    local preset=$1 result total bad not_run
    shift
    result=$PWD/build/$preset/test-results.xml
    rm -f "$result"
    say "Testing $preset"
    ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure --no-tests=error --output-junit "$result" "$@" \
        </dev/null || broken+=("tests of $preset")
    if [ ! -s "$result" ]; then
        failed=$((failed + 1))
        return
    fi
    total=$(attribute tests "$result")
    bad=$(attribute failures "$result")
    not_run=$(($(attribute disabled "$result") + $(attribute skipped "$result")))
    passed=$((passed + total - bad - not_run))
    failed=$((failed + bad))
    skipped=$((skipped + not_run))
}

finish_tests() {
    [ ${#broken[@]} -eq 0 ] || { printf '\nNot in order: '; printf '%s; ' "${broken[@]}"; printf '\n'; }
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ] && [ ${#broken[@]} -eq 0 ]
}

# untestable PRESET: counts what could not even be configured
untestable() { broken+=("configuration of $1"); failed=$((failed + 1)); }

test_release() {
    configure release || { untestable release; return; }
    build release all all_verify_interface_header_sets || broken+=("build of release")
    run_tests release "$@"
}

# Sanitizers: the binaries of the rooms and the fuzz replays, not once more the examples, headers and consumers.
# test_sanitized PRESET LABELS TARGETS: labels as ctest -L wants them
test_sanitized() {
    local preset=$1 labels=$2
    shift 2
    configure "$preset" || { untestable "$preset"; return; }
    build "$preset" "$@" || broken+=("build of $preset")
    run_tests "$preset" -L "$labels"
}

# Rooms that start threads, or that are promised to be used from many at once.
threaded="base io ingest tag segmenter sample"

test_threads() {
    local room targets=()
    for room in $threaded; do targets+=("segmenta.$room"); done
    test_sanitized tsan "^segmenta\.(${threaded// /|})\$" "${targets[@]}"
}

# --- the demo ---------------------------------------------------------------------------------------------------------

demo() {
    local command=build/release/bin/segmenta shop=out/demo/shop result=out/demo/result as_of
    configure release
    build release segmenta_cli || fail "the build failed (see above)"

    say "Making a sample shop of 2000 customers in $shop"
    mkdir -p out/demo
    "$command" sample --seed 42 --customers 2000 --out "$shop"

    say "Segmenting it: examples/plans/sample_shop.json"
    as_of=2024-07-01 # the day after the last day of the sample shop
    "$command" run examples/plans/sample_shop.json \
        --source "customers=$shop/customers.csv" --source "orders=$shop/orders.csv" --as-of "$as_of" --out "$result"

    say "Results"
    note "$result/customers.csv   one row per customer"
    note "$result/summary.json    counts per segment, data quality, edges"
    note "$result/timings.json    where the time went"
    note "Now try your own orders: copy examples/plans/sample_shop.json, name your columns in it, and run"
    note "  $command run PLAN --source NAME=FILE --as-of DATE --out DIR"
}

bench() {
    local program
    configure release
    build release all || fail "the build failed (see above)"
    for program in build/release/benchmarks/bench.*; do
        [ -x "$program" ] || continue
        say "$program"
        "$program" "$@"
    done
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
demo) need_packages; demo ;;
test) need_packages; test_release "$@"; finish_tests ;;
sanitize)
    need_packages
    test_sanitized asan-ubsan '^(segmenta\.|fuzz)' segmenta_tests
    test_threads
    finish_tests
    ;;
bench) need_packages; bench "$@" ;;
help | -h | --help) usage ;;
*) usage >&2; fail "unknown command '$command'; allowed: demo, test, sanitize, bench, help" ;;
esac
