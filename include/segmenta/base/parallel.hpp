// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_PARALLEL_HPP
#define SEGMENTA_BASE_PARALLEL_HPP

/// \file
/// Work in numbered blocks on a few threads. Callers cut their data into blocks whose number and size do not depend on
/// the number of threads and merge the blocks' results in block order: then results do not depend on threads either.

#include <cstddef>
#include <memory>
#include <stop_token>
#include <type_traits>

namespace segmenta {
inline namespace v0 {

/// Threads the machine offers, at least 1.
[[nodiscard]] unsigned hardware_threads() noexcept;

namespace detail {

/// Not owning; the callable outlives the call.
struct block_function {
    void const* object;
    void (*call)(void const* object, std::size_t block, unsigned worker);
};

bool run_blocks(unsigned threads, std::size_t blocks, std::stop_token const& stop, block_function function);

} // namespace detail

/// Calls `work(block)` or `work(block, worker)` once for each block in [0, blocks), each on one of at most `threads`
/// threads (0: `hardware_threads()`). Blocks are handed out in ascending order. `worker` in [0, threads) names the
/// thread, for scratch memory. With one thread or one block everything runs on the calling thread; otherwise the
/// calling thread is worker 0 and the others are made for this call.
///
/// When `work` throws, no further block is started and, after all threads have stopped, the exception of the lowest
/// throwing block is thrown: the same one for any number of threads. When `stop` is requested, no further block is
/// started and the answer is false. Returns true when all blocks were done.
///
/// `work` is called concurrently and must be safe for it.
template <class Work>
bool parallel_for_blocks(unsigned threads, std::size_t blocks, std::stop_token const& stop, Work&& work) {
    using function_type = std::remove_reference_t<Work>;
    auto const call = [](void const* object, std::size_t block, unsigned worker) {
        // constness is that of `work` itself: the pointer only travels as void const*
        auto& function = *const_cast<function_type*>(static_cast<function_type const*>(object));
        if constexpr (std::is_invocable_v<function_type&, std::size_t, unsigned>)
            function(block, worker);
        else
            function(block);
    };
    return detail::run_blocks(threads, blocks, stop, {std::addressof(work), call});
}

/// As above without cancellation.
template <class Work>
void parallel_for_blocks(unsigned threads, std::size_t blocks, Work&& work) {
    parallel_for_blocks(threads, blocks, std::stop_token{}, work);
}

} // namespace v0
} // namespace segmenta

#endif
