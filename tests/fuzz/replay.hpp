// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_FUZZ_REPLAY_HPP
#define SEGMENTA_TESTS_FUZZ_REPLAY_HPP

#include <cstddef>
#include <cstdint>

/// The body of a fuzz target, one per tests/fuzz/<name>.fuzz.cpp. It feeds the bytes to one reader and checks with
/// `std::abort` (or a trap) whatever must hold for any input; libFuzzer and replay.cpp both call it.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

#endif
