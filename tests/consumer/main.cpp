// SPDX-License-Identifier: Apache-2.0
// A host program: it sees only what the package gives it.
#include <segmenta/error.hpp>
#include <segmenta/version.hpp>

#include <iostream>

int main() {
    segmenta::issue_list problems;
    problems.error("consumer.example", "consumer", "something to say", "seen", "allowed");
    std::cout << "segmenta " << segmenta::version_major << '.' << segmenta::version_minor << " says "
              << problems.to_string() << '\n';
    return problems.has_errors() && problems.contains("consumer.example") ? 0 : 1;
}
