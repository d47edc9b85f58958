// SPDX-License-Identifier: Apache-2.0
// A new plan while requests run: segmenters are immutable values, so a swap under a short lock is all there is to it. A
// broken plan is refused as a whole, and the old one stays.
#include <segmenta/segmenta.hpp>

#include <atomic>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace segmenta;

struct visitor { int visits; };

plan plan_with(int limit) {
    return plan_builder("visitors").rule("regular", "visits >= " + std::to_string(limit)).build();
}

class service {
public:
    explicit service(segmenter first) : current_(std::move(first)) {}
    segmenter current() const {
        std::lock_guard const lock(guard_);
        return current_;
    }
    void replace(segmenter next) {
        std::lock_guard const lock(guard_);
        current_ = std::move(next);
    }

private:
    mutable std::mutex guard_;
    segmenter current_;
};

} // namespace

int main() {
    auto const schema = schema_of<visitor>().attribute("visits", &visitor::visits);
    service live(compile(plan_with(5), schema));
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    std::atomic<int> asked{0};
    auto const serve = [&] {
        while (!done) {
            segmenter const seg = live.current(); // one plan for the whole request
            classification now = seg.make_classification();
            for (int visits = 0; visits < 10; ++visits) {
                visitor const v{visits};
                seg.classify(schema.bind(v), {.as_of = instant{}}, now);
                bool const regular = now[seg.tag("regular")].holds().value_or(false);
                // Both plans agree below 3 and from 5 on.
                wrong += (visits < 3 && regular) || (visits >= 5 && !regular) ? 1 : 0;
                ++asked;
            }
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(serve);
    int refused = 0;
    for (int round = 0; round < 50; ++round) {
        live.replace(compile(plan_with(round % 2 == 0 ? 3 : 5), schema));
        try {
            live.replace(compile(plan_builder("visitors").rule("regular", "visist >= 3").build(), schema));
        } catch (issue_error const& problem) {
            if (refused++ == 0) std::cout << problem.what() << '\n';
        }
    }
    while (asked == 0) std::this_thread::yield();
    done = true;
    for (auto& t : threads) t.join();
    std::cout << "50 plans swapped, " << refused << " refused, " << wrong << " wrong answers\n";
    return wrong == 0 && refused == 50 ? 0 : 1;
}
