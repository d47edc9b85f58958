// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace segmenta {
inline namespace v0 {

unsigned hardware_threads() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

namespace detail {
namespace {

// What the workers of one call share.
class block_queue {
public:
    block_queue(std::size_t blocks, std::stop_token const& stop, block_function function)
        : blocks_(blocks), stop_(stop), function_(function) {}

    void work(unsigned worker) noexcept {
        while (!failed_.load(std::memory_order_relaxed) && !stop_.stop_requested()) {
            std::size_t const block = next_.fetch_add(1, std::memory_order_relaxed);
            if (block >= blocks_) return;
            try {
                function_.call(function_.object, block, worker);
                done_.fetch_add(1, std::memory_order_relaxed);
            } catch (...) {
                keep(block, std::current_exception());
            }
        }
    }

    // After all workers have been joined.
    bool finish() {
        if (error_) std::rethrow_exception(error_);
        return done_.load(std::memory_order_relaxed) == blocks_;
    }

private:
    // Blocks start in ascending order and a started block runs to its end, so every block below the lowest throwing
    // one has been tried and the choice does not depend on timing.
    void keep(std::size_t block, std::exception_ptr error) noexcept {
        std::lock_guard const lock(mutex_);
        if (!error_ || block < error_block_) {
            error_ = std::move(error);
            error_block_ = block;
        }
        failed_.store(true, std::memory_order_relaxed);
    }

    std::size_t blocks_;
    std::stop_token const& stop_;
    block_function function_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::size_t> done_{0};
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    std::exception_ptr error_;
    std::size_t error_block_ = 0;
};

bool run_inline(std::size_t blocks, std::stop_token const& stop, block_function function) {
    for (std::size_t block = 0; block < blocks; ++block) {
        if (stop.stop_requested()) return false;
        function.call(function.object, block, 0);
    }
    return true;
}

} // namespace

bool run_blocks(unsigned threads, std::size_t blocks, std::stop_token const& stop, block_function function) {
    if (threads == 0) threads = hardware_threads();
    auto const workers = static_cast<unsigned>(std::min<std::size_t>(threads, blocks));
    if (workers <= 1) return run_inline(blocks, stop, function);

    block_queue queue(blocks, stop, function);
    {
        std::vector<std::jthread> others;
        others.reserve(workers - 1);
        for (unsigned worker = 1; worker < workers; ++worker) {
            try {
                others.emplace_back([&queue, worker] { queue.work(worker); });
            } catch (std::system_error const&) {
                break; // the system has no more threads: those there are do the work
            }
        }
        queue.work(0);
    }
    return queue.finish();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
