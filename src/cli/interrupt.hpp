// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_INTERRUPT_HPP
#define SEGMENTA_SRC_CLI_INTERRUPT_HPP

// Ctrl-C and SIGTERM as a stop token. A thread waits for the signals, because hardly anything may be done in a handler.

#include <stop_token>
#include <thread>

namespace segmenta::cli {

/// Make it before any other thread, so that all inherit the blocked signals.
class interrupt {
public:
    interrupt();
    ~interrupt();
    interrupt(interrupt const&) = delete;
    interrupt& operator=(interrupt const&) = delete;
    [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }
    [[nodiscard]] bool requested() const noexcept { return source_.stop_requested(); }

private:
    std::stop_source source_;
    std::thread waiter_;
};

} // namespace segmenta::cli

#endif
