// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace segmenta::cli {
namespace {

sigset_t stop_signals() noexcept {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGUSR2); // from the destructor: stop waiting
    return set;
}

} // namespace

interrupt::interrupt() {
    sigset_t const set = stop_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::thread([source = source_]() mutable {
        sigset_t const wanted = stop_signals();
        int got = 0;
        if (::sigwait(&wanted, &got) == 0 && got != SIGUSR2) source.request_stop();
        // A second Ctrl-C ends the process at once: the files are temporary ones until the very end.
        sigset_t again;
        ::sigemptyset(&again);
        ::sigaddset(&again, SIGINT);
        ::sigaddset(&again, SIGTERM);
        if (got != SIGUSR2) ::pthread_sigmask(SIG_UNBLOCK, &again, nullptr);
        if (got == SIGUSR2) return;
        // A pipe that says nothing blocks the reader, which then cannot look at the token: leave without it.
        sigset_t end;
        ::sigemptyset(&end);
        ::sigaddset(&end, SIGUSR2);
        timespec const patience{5, 0};
        if (::sigtimedwait(&end, nullptr, &patience) < 0) {
            static constexpr char message[] =
                "error: stopped while waiting for input; nothing was written [ingest.stopped]\n";
            (void)!::write(STDERR_FILENO, message, sizeof message - 1);
            ::_exit(130);
        }
    });
}

interrupt::~interrupt() {
    ::pthread_kill(waiter_.native_handle(), SIGUSR2);
    waiter_.join();
}

} // namespace segmenta::cli
