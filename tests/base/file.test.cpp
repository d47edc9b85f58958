// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <segmenta/error.hpp>

#include "support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace segmenta;
using namespace segmenta::detail;

namespace {

// A folder that goes away with the test.
struct scratch_folder {
    fs::path path;
    scratch_folder() {
        std::string name = (fs::temp_directory_path() / "segmenta-file-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~scratch_folder() {
        std::error_code ignored;
        fs::permissions(path, fs::perms::owner_all, ignored);
        fs::remove_all(path, ignored);
    }
    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
};

issue failure_of(std::function<void()> const& action) {
    try {
        action();
    } catch (issue_error const& error) {
        return error.issues()[0];
    }
    FAIL("no error");
    return {};
}

} // namespace

TEST_CASE("a file appears whole on commit and not before", "[file]") {
    scratch_folder const folder;
    fs::path const path = folder.path / "out.csv";
    {
        atomic_file file(path);
        file.write("first ");
        file.write(std::string(200'000, 'x'));
        CHECK_FALSE(fs::exists(path));
        CHECK(file.size() == 200'006);
        file.commit();
    }
    CHECK(read_file(path) == "first " + std::string(200'000, 'x'));
    CHECK(folder.entries() == 1);

    SECTION("without commit the old file stays and nothing is left over") {
        {
            atomic_file file(path);
            file.write("half");
        }
        CHECK(read_file(path).size() == 200'006);
        CHECK(folder.entries() == 1);
    }
    SECTION("an exception between write and commit does the same") {
        CHECK_THROWS_AS(
            [&] {
                atomic_file file(path);
                file.write(std::string(100'000, 'y'));
                throw std::runtime_error("interrupted");
            }(),
            std::runtime_error);
        CHECK(read_file(path).size() == 200'006);
        CHECK(folder.entries() == 1);
    }
    SECTION("a replaced file keeps its permissions, and a link its target") {
        fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
        fs::path const link = folder.path / "link";
        fs::create_symlink("out.csv", link);
        write_file(link, "new");
        CHECK(fs::is_symlink(link));
        CHECK(read_file(path) == "new");
        CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    }
    SECTION("two writers of one name do not meet") {
        atomic_file a(path);
        atomic_file b(path);
        a.write("a");
        b.write("b");
        a.commit();
        b.commit();
        CHECK(read_file(path) == "b");
        CHECK(folder.entries() == 1);
    }
    SECTION("a moved writer goes on") {
        atomic_file a(path);
        a.write("moved ");
        atomic_file b(std::move(a));
        b.write("on");
        b.commit();
        CHECK(read_file(path) == "moved on");
    }
}

TEST_CASE("errors name the path, the system's words and what to do", "[file]") {
    scratch_folder const folder;
    auto const missing = failure_of([&] { (void)read_file(folder.path / "none.csv"); });
    CHECK(missing.code == "file.not_found");
    CHECK(missing.place == (folder.path / "none.csv").string());
    CHECK_THAT(missing.remedy, Catch::Matchers::StartsWith("Check the path"));
    write_file(folder.path / "shop.json", "{}");
    CHECK(failure_of([&] { (void)read_file(folder.path / "shp.json"); }).remedy ==
          "Did you mean " + (folder.path / "shop.json").string() + "?");
    fs::create_directory(folder.path / "folder.json");
    CHECK_THAT(failure_of([&] { (void)read_file(folder.path / "foldr.json"); }).remedy,
               Catch::Matchers::StartsWith("Check the path"));
    fs::create_symlink("nothing.txt", folder.path / "link.txt");
    CHECK_THAT(failure_of([&] { (void)read_file(folder.path / "link.txt"); }).remedy,
               Catch::Matchers::StartsWith("Check the path"));
    CHECK(failure_of([&] { (void)read_file(folder.path / "nowhere" / "shop.json"); }).remedy ==
          "There is no folder " + (folder.path / "nowhere").string() + "; check the path");
    CHECK(failure_of([&] { mapped_file const file(folder.path / "none.csv"); }).code == "file.not_found");

    auto const no_folder = failure_of([&] { write_file(folder.path / "no" / "out.csv", "x"); });
    CHECK(no_folder.code == "file.open");
    CHECK_THAT(no_folder.message, Catch::Matchers::ContainsSubstring("No such file"));
    CHECK(failure_of([&] { write_file(folder.path, "x"); }).code == "file.open");
    CHECK(failure_of([&] { (void)read_file(folder.path); }).code == "file.read");
    CHECK(failure_of([&] { mapped_file const file(folder.path); }).code == "file.not_regular");

    write_file(folder.path / "big", std::string(1000, 'x'));
    CHECK(failure_of([&] { (void)read_file(folder.path / "big", 999); }).code == "file.too_large");
    CHECK(read_file(folder.path / "big", 1000).size() == 1000);
}

TEST_CASE("a full disk is an error, not a short file", "[file]") {
    if (!fs::exists("/dev/full")) {
        WARN("SKIPPED: no /dev/full");
        return;
    }
    auto const full = failure_of([] {
        atomic_file file("/dev/full");
        file.write(std::string(100'000, 'x'));
        file.commit();
    });
    CHECK(full.code == "file.write");
    CHECK(full.place == "/dev/full");
    CHECK_THAT(full.message, Catch::Matchers::ContainsSubstring("No space left"));
    CHECK_THAT(full.remedy, Catch::Matchers::ContainsSubstring("Free some space"));
    // small enough to stay in the buffer until commit
    CHECK(failure_of([] { write_file("/dev/full", "x"); }).code == "file.write");
}

TEST_CASE("an unwritable folder is refused", "[file]") {
    if (::geteuid() == 0) {
        // permissions do not bind root; /proc does
        auto const refused = failure_of([] { write_file("/proc/segmenta.out", "x"); });
        CHECK(refused.code == "file.open");
        CHECK(refused.place == "/proc/segmenta.out");
        return;
    }
    scratch_folder const folder;
    fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec);
    auto const refused = failure_of([&] { write_file(folder.path / "out", "x"); });
    CHECK(refused.code == "file.open");
    CHECK_THAT(refused.remedy, Catch::Matchers::ContainsSubstring("permissions"));
}

TEST_CASE("mapped files show the bytes, also after pages are given back", "[file]") {
    scratch_folder const folder;
    std::string text;
    for (int i = 0; i < 50'000; ++i)
        text += std::to_string(i) + "\n";
    write_file(folder.path / "data", text);
    mapped_file file(folder.path / "data");
    CHECK(file.bytes() == text);
    file.release(5, 100'000);
    file.release(0, file.size());
    file.release(file.size(), 10);
    CHECK(file.bytes() == text);
    mapped_file const moved = std::move(file);
    CHECK(moved.bytes() == text);

    write_file(folder.path / "empty", "");
    CHECK(mapped_file(folder.path / "empty").bytes().empty());
    CHECK(read_file(folder.path / "empty").empty());
}
