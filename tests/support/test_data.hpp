// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_TEST_DATA_HPP
#define SEGMENTA_TESTS_SUPPORT_TEST_DATA_HPP

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace segmenta::test {

/// The folder of real data sets: the environment variable SEGMENTA_TEST_DATA, else ../shared/data beside the checkout.
inline std::filesystem::path test_data_folder() {
    char const* const given = std::getenv("SEGMENTA_TEST_DATA");
    return given != nullptr && *given != '\0' ? given : SEGMENTA_TEST_DATA_DEFAULT;
}

/// Where the data set `name` should be; it may be absent, see SEGMENTA_NEED_TEST_DATA.
inline std::filesystem::path test_data(std::string const& name) { return test_data_folder() / name; }

/// A file of our own under tests/data, always present.
inline std::filesystem::path own_data(std::string const& name) {
    return std::filesystem::path(SEGMENTA_SOURCE_DIR) / "tests" / "data" / name;
}

} // namespace segmenta::test

/// Leaves the test case, visibly, when the data set is absent. ctest counts it as skipped by the printed word.
#define SEGMENTA_NEED_TEST_DATA(name)                                                                                  \
    do {                                                                                                               \
        if (!std::filesystem::exists(::segmenta::test::test_data(name))) {                                             \
            std::cout << "SKIPPED: " << ::segmenta::test::test_data(name).string()                                     \
                      << " is absent; set SEGMENTA_TEST_DATA to the folder that holds it\n";                           \
            return;                                                                                                    \
        }                                                                                                              \
    } while (false)

#endif
