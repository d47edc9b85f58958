// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_PARALLEL_HPP
#define SEGMENTA_BASE_PARALLEL_HPP

/// \file
/// Work in numbered blocks on a few threads. Callers cut their data into blocks whose number and size do not depend on
/// the number of threads and merge the blocks' results in block order: then results do not depend on threads either.

#include <atomic>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <type_traits>

namespace segmenta {
inline namespace v0 {

/// Threads the machine offers, at least 1.
[[nodiscard]] unsigned hardware_threads() noexcept;

/// However many are asked for: thousands would only leave none for the rest of the process.
inline constexpr unsigned most_threads = 1024;

/// How many threads `threads` means: 0 is `hardware_threads()`, and more than `most_threads` are that many.
[[nodiscard]] unsigned usable_threads(unsigned threads) noexcept;

namespace detail {

/// Not owning; the callable outlives the call.
struct block_function {
    void const* object;
    void (*call)(void const* object, std::size_t block, unsigned worker);
};

template <class Work>
block_function block_function_of(Work& work) noexcept {
    auto const call = [](void const* object, std::size_t block, unsigned worker) {
        // constness is that of `work` itself: the pointer only travels as void const*
        auto& function = *const_cast<Work*>(static_cast<Work const*>(object));
        if constexpr (std::is_invocable_v<Work&, std::size_t, unsigned>)
            function(block, worker);
        else
            function(block);
    };
    return {std::addressof(work), call};
}

class thread_crew; // the threads of a team

} // namespace detail

/// Threads that are made once and kept for many calls, for algorithms of short rounds: handing a round to waiting
/// threads takes microseconds, making threads takes tens of them. Nothing is made before the first call that has more
/// than one block; the destructor ends the threads.
///
/// Calls from several threads, or from inside `work`, are allowed; those that find the team busy use threads of their
/// own. Where the system has no thread or no memory for one, those there are do the work. A process made by `fork` has
/// none of the threads: there a team that has been used must be neither used nor destroyed.
class thread_team {
public:
    /// At most `usable_threads(threads)` threads, the calling one among them.
    explicit thread_team(unsigned threads) noexcept;
    ~thread_team();
    thread_team(thread_team const&) = delete;
    thread_team& operator=(thread_team const&) = delete;

    /// At least 1.
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }

    /// As `parallel_for_blocks(threads(), blocks, stop, work)` below.
    template <class Work>
    bool for_blocks(std::size_t blocks, std::stop_token const& stop, Work&& work) {
        return run(blocks, stop, detail::block_function_of(work));
    }
    /// As above without cancellation.
    template <class Work>
    void for_blocks(std::size_t blocks, Work&& work) {
        for_blocks(blocks, std::stop_token{}, work);
    }

private:
    bool run(std::size_t blocks, std::stop_token const& stop, detail::block_function function);

    unsigned threads_;
    std::atomic<bool> busy_{false};
    std::unique_ptr<detail::thread_crew> crew_;
};

/// Calls `work(block)` or `work(block, worker)` once for each block in [0, blocks), each on one of at most
/// `usable_threads(threads)` threads. Blocks are handed out in ascending order. `worker` names the
/// thread, in [0, usable_threads(threads)), for scratch memory. With one thread or one block everything runs on the
/// calling thread; otherwise the calling thread is worker 0 and the others are made for this call.
///
/// When `work` throws, no further block is started and, after all threads have stopped, the exception of the lowest
/// throwing block is thrown: the same one for any number of threads. When `stop` is requested, no further block is
/// started and the answer is false. Returns true when all blocks were done.
///
/// `work` is called concurrently and must be safe for it.
template <class Work>
bool parallel_for_blocks(unsigned threads, std::size_t blocks, std::stop_token const& stop, Work&& work) {
    return thread_team(threads).for_blocks(blocks, stop, work);
}

/// As above without cancellation.
template <class Work>
void parallel_for_blocks(unsigned threads, std::size_t blocks, Work&& work) {
    parallel_for_blocks(threads, blocks, std::stop_token{}, work);
}

} // namespace v0
} // namespace segmenta

#endif
