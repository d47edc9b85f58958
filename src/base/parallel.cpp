// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace segmenta {
inline namespace v0 {

unsigned hardware_threads() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

unsigned usable_threads(unsigned threads) noexcept {
    return threads == 0 ? hardware_threads() : std::min(threads, most_threads);
}

namespace detail {
namespace {

// What the workers of one call share.
class block_queue {
public:
    block_queue(std::size_t blocks, std::stop_token const& stop, block_function function)
        : blocks_(blocks), stop_(stop), function_(function) {}

    void work(unsigned worker) noexcept {
        std::size_t done = 0;
        while (!failed_.load(std::memory_order_relaxed) && !stop_.stop_requested()) {
            std::size_t const block = next_.fetch_add(1, std::memory_order_relaxed);
            if (block >= blocks_) break;
            try {
                function_.call(function_.object, block, worker);
                ++done;
            } catch (...) {
                keep(block, std::current_exception());
            }
        }
        done_.fetch_add(done, std::memory_order_relaxed);
    }

    // After all workers have ended their part.
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

// How often a thread looks for something to do before it sleeps: some tens of microseconds.
constexpr int most_looks = 2000;

void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Until `value` is no longer `old`.
void wait_while(std::atomic<std::uint32_t> const& value, std::uint32_t old, int looks) noexcept {
    for (int i = 0; i < looks; ++i) {
        if (value.load(std::memory_order_acquire) != old) return;
        relax();
    }
    while (value.load(std::memory_order_acquire) == old)
        value.wait(old, std::memory_order_acquire);
}

bool run_inline(std::size_t blocks, std::stop_token const& stop, block_function function) {
    for (std::size_t block = 0; block < blocks; ++block) {
        if (stop.stop_requested()) return false;
        function.call(function.object, block, 0);
    }
    return true;
}

} // namespace

// Rounds are numbered: a member works whenever the number has changed, and says when it is done with it.
class thread_crew {
public:
    explicit thread_crew(unsigned threads) : looks_(threads <= hardware_threads() ? most_looks : 0) {}
    ~thread_crew() {
        queue_ = nullptr;
        begin();
    }
    thread_crew(thread_crew const&) = delete;
    thread_crew& operator=(thread_crew const&) = delete;

    // With up to `workers` threads; more are made when they are first needed.
    void run(block_queue& queue, std::size_t workers) noexcept {
        queue_ = &queue;
        working_.store(static_cast<std::uint32_t>(members_.size()), std::memory_order_relaxed);
        begin();
        grow(workers);
        queue.work(0);
        for (std::uint32_t left = working_.load(std::memory_order_acquire); left > 0;
             left = working_.load(std::memory_order_acquire))
            wait_while(working_, left, looks_);
    }

private:
    void begin() noexcept {
        round_.fetch_add(1, std::memory_order_release);
        round_.notify_all();
    }

    // New members take part in the round that has begun. Nothing leaves here: members are at work on what the caller of
    // `run` owns.
    void grow(std::size_t workers) noexcept {
        while (members_.size() + 1 < workers) {
            auto const worker = static_cast<unsigned>(members_.size() + 1);
            std::uint32_t const before = round_.load(std::memory_order_relaxed) - 1;
            working_.fetch_add(1, std::memory_order_relaxed);
            try {
                members_.emplace_back([this, worker, before] { serve(worker, before); });
            } catch (std::exception const&) {
                working_.fetch_sub(1, std::memory_order_relaxed);
                break; // no more threads, or no memory for them: those there are do the work
            }
        }
    }

    void serve(unsigned worker, std::uint32_t seen) noexcept {
        while (true) {
            wait_while(round_, seen, looks_);
            ++seen;
            if (queue_ == nullptr) return;
            queue_->work(worker);
            if (working_.fetch_sub(1, std::memory_order_acq_rel) == 1) working_.notify_one();
        }
    }

    int looks_;
    block_queue* queue_ = nullptr;
    std::atomic<std::uint32_t> round_{0};
    std::atomic<std::uint32_t> working_{0};
    std::vector<std::jthread> members_; // last: joined before the rest goes
};

} // namespace detail

thread_team::thread_team(unsigned threads) noexcept : threads_(usable_threads(threads)) {}
thread_team::~thread_team() = default;

bool thread_team::run(std::size_t blocks, std::stop_token const& stop, detail::block_function function) {
    std::size_t const workers = std::min<std::size_t>(threads_, blocks);
    if (workers <= 1) return detail::run_inline(blocks, stop, function);
    if (busy_.exchange(true, std::memory_order_acquire)) return thread_team(threads_).run(blocks, stop, function);

    struct at_end {
        std::atomic<bool>& busy;
        ~at_end() { busy.store(false, std::memory_order_release); }
    } const end{busy_};
    if (!crew_) crew_ = std::make_unique<detail::thread_crew>(threads_);
    detail::block_queue queue(blocks, stop, function);
    crew_->run(queue, workers);
    return queue.finish();
}

} // namespace v0
} // namespace segmenta
