// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_HASH_HPP
#define SEGMENTA_BASE_HASH_HPP

/// \file
/// Hashes that are the same on every machine, compiler and version, so that they may be stored and compared: bucket
/// assignment, fingerprints of plans and tables. None of them is cryptographic: do not use them against an adversary.
///
/// The algorithm is XXH64 (Y. Collet, specification version 0.1.1,
/// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), which Spark, DuckDB extensions, Python and SQL
/// engines offer too, so a host can reproduce every value. `std::hash` and Boost's hashes promise no such thing.

#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// XXH64 of the bytes. `seed` selects one of 2^64 independent functions: use it as the salt.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0) noexcept;

/// XXH64 of the eight little-endian bytes of `value`.
std::uint64_t hash_integer(std::uint64_t value, std::uint64_t seed = 0) noexcept;

/// Hash of a sequence: `hash_combine(hash_combine(h, a), b)`; depends on the order.
inline std::uint64_t hash_combine(std::uint64_t hash, std::uint64_t next) noexcept { return hash_integer(next, hash); }

/// 32 lower-case hexadecimal digits naming a content: XXH64 with seed 0, then XXH64 with seed 0x9E3779B97F4A7C15.
/// Good against accidents (one collision in about 10^19 contents), not against forgery.
std::string content_hash(std::string_view bytes);

} // namespace v0
} // namespace segmenta

#endif
