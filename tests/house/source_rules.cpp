// SPDX-License-Identifier: Apache-2.0
#include "house/source_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace segmenta::test {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether `what` stands in `line` and is not part of a longer word on either side.
bool has_word(std::string_view line, std::string_view what) {
    for (std::size_t at = line.find(what); at != std::string_view::npos; at = line.find(what, at + 1)) {
        bool const left = at == 0 || !is_word(line[at - 1]) || !is_word(what.front());
        std::size_t const end = at + what.size();
        bool const right = end == line.size() || !is_word(line[end]) || !is_word(what.back());
        if (left && right) return true;
    }
    return false;
}

std::string at_line(source_file const& file, std::size_t line) { return file.path + ':' + std::to_string(line); }

struct inclusion {
    std::size_t line = 0;
    std::string target;
};

std::vector<inclusion> inclusions(source_file const& file) {
    std::vector<inclusion> found;
    for (auto const& line : code_lines(file.text)) {
        std::size_t const hash = line.text.find_first_not_of(" \t");
        if (hash == std::string::npos || line.text[hash] != '#') continue;
        if (line.text.find("include", hash) == std::string::npos) continue;
        std::size_t const open = line.text.find_first_of("<\"", hash);
        if (open == std::string::npos) continue;
        std::size_t const close = line.text.find_first_of(">\"", open + 1);
        if (close == std::string::npos) continue;
        found.push_back({line.number, line.text.substr(open + 1, close - open - 1)});
    }
    return found;
}

std::string first_folder(std::string_view path) {
    std::size_t const slash = path.find('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

constexpr std::string_view public_folder = "include/segmenta/";
constexpr std::string_view private_folder = "src/";

bool is_public(source_file const& file) { return file.path.starts_with(public_folder); }

/// The room a file lives in; "root" for include/segmenta/*.hpp.
std::string room_of(source_file const& file) {
    std::string_view const rest = is_public(file) ? std::string_view(file.path).substr(public_folder.size())
                                                  : std::string_view(file.path).substr(private_folder.size());
    std::string const room = first_folder(rest);
    return room.empty() ? "root" : room;
}

/// The room an #include points at, or nothing when it is not one of ours.
std::optional<std::string> target_room(std::string_view target, room_table const& rooms) {
    constexpr std::string_view ours = "segmenta/";
    if (target.starts_with(ours)) {
        std::string const room = first_folder(target.substr(ours.size()));
        return room.empty() ? "root" : room;
    }
    std::string const room = first_folder(target);
    if (rooms.contains(room)) return room;
    return std::nullopt;
}

std::string joined(std::set<std::string> const& words) {
    std::string text;
    for (auto const& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "nothing" : text;
}

} // namespace

std::string to_string(std::vector<violation> const& violations) {
    std::string text;
    for (auto const& v : violations)
        text += v.place + ": " + v.message + '\n';
    return text;
}

room_table read_room_table(std::string_view text) {
    room_table rooms;
    std::set<std::string> all;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view call = "segmenta_room(";
        if (!line.starts_with(call)) continue;
        std::istringstream words(line.substr(call.size(), line.rfind(')') - call.size()));
        std::string name;
        words >> name;
        std::set<std::string> below;
        std::string section;
        for (std::string word; words >> word;) {
            if (word == "DEPENDS" || word == "LINK" || word == "SOURCES_EXCEPT") {
                section = word;
            } else if (section == "DEPENDS") {
                if (!rooms.contains(word)) throw std::runtime_error(name + " depends on the unknown room " + word);
                below.insert(word);
                below.insert(rooms[word].begin(), rooms[word].end());
            }
        }
        rooms[name] = below;
        all.insert(name);
    }
    if (rooms.empty()) throw std::runtime_error("no segmenta_room(...) line in the room table");
    rooms["model"] = all;
    all.insert("model");
    rooms["cli"] = all;
    return rooms;
}

std::vector<code_line> code_lines(std::string_view source) {
    enum class in { code, line_comment, block_comment, text, character, raw_text };
    std::vector<code_line> lines;
    in state = in::code;
    std::string raw_end;
    std::size_t number = 1;
    std::string line;
    bool include_line = false;
    auto const finish = [&] {
        lines.push_back({number, line});
        line.clear();
        include_line = false;
        ++number;
    };
    for (std::size_t i = 0; i < source.size(); ++i) {
        char const c = source[i];
        char const next = i + 1 < source.size() ? source[i + 1] : '\0';
        if (c == '\n') {
            if (state == in::line_comment) state = in::code;
            finish();
            continue;
        }
        switch (state) {
        case in::code:
            if (c == '/' && next == '/') {
                state = in::line_comment;
            } else if (c == '/' && next == '*') {
                state = in::block_comment;
                ++i;
            } else if (c == '"' && i > 0 && source[i - 1] == 'R') {
                std::size_t const open = source.find('(', i);
                raw_end = ")" + std::string(source.substr(i + 1, open - i - 1)) + "\"";
                state = in::raw_text;
                line += c;
            } else if (c == '"' && !include_line) {
                state = in::text;
                line += c;
            } else if (c == '\'' && (i == 0 || !is_word(source[i - 1]))) { // not a digit separator
                state = in::character;
                line += c;
            } else {
                line += c;
                if (line.ends_with("#include") || line.ends_with("# include")) include_line = true;
            }
            break;
        case in::line_comment: break;
        case in::block_comment:
            if (c == '*' && next == '/') {
                state = in::code;
                ++i;
            }
            break;
        case in::text:
        case in::character:
            if (c == '\\') {
                ++i;
            } else if (c == (state == in::text ? '"' : '\'')) {
                state = in::code;
                line += c;
            }
            break;
        case in::raw_text:
            if (source.substr(i).starts_with(raw_end)) {
                i += raw_end.size() - 1;
                state = in::code;
                line += '"';
            }
            break;
        }
    }
    if (!line.empty()) finish();
    return lines;
}

std::vector<source_file> library_sources(std::filesystem::path const& root) {
    std::vector<source_file> files;
    for (char const* folder : {"include", "src"}) {
        if (!std::filesystem::is_directory(root / folder)) continue;
        for (auto const& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            auto const extension = entry.path().extension();
            if (!entry.is_regular_file() || (extension != ".hpp" && extension != ".cpp")) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            files.push_back({std::filesystem::relative(entry.path(), root).generic_string(),
                             {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
        }
    }
    std::sort(files.begin(), files.end(), [](auto const& a, auto const& b) { return a.path < b.path; });
    return files;
}

std::vector<violation> include_violations(source_file const& file, room_table const& rooms) {
    std::string const room = room_of(file);
    if (file.path == "include/segmenta/segmenta.hpp") return {}; // the umbrella: includes everything, see umbrella test
    std::vector<violation> found;
    if (room != "root" && !rooms.contains(room)) {
        found.push_back({at_line(file, 1), "room '" + room + "' is not in cmake/RoomTable.cmake; add it there"});
        return found;
    }
    for (auto const& include : inclusions(file)) {
        auto const target = target_room(include.target, rooms);
        if (!target || *target == room) continue;
        std::string const place = at_line(file, include.line);
        if (*target == "root") {
            bool const opt_in = include.target == "segmenta/segmenta.hpp" || include.target == "segmenta/eigen.hpp";
            if (opt_in && room != "cli" && room != "model") {
                found.push_back(
                    {place, include.target + " is for programs, not for the library; include what is used"});
            }
            continue;
        }
        if (room == "root" && file.path != "include/segmenta/eigen.hpp") {
            found.push_back({place, "a header of the root may not include a room (" + *target + ')'});
            continue;
        }
        if (room != "root" && !rooms.at(room).contains(*target)) {
            found.push_back({place, "room '" + room + "' may not include '" + include.target + "'; it may include: " +
                                        joined(rooms.at(room)) + ". Move the code down, or the caller up"});
        }
    }
    return found;
}

std::vector<violation> heavy_include_violations(source_file const& file) {
    if (!is_public(file) || file.path == "include/segmenta/eigen.hpp") return {};
    constexpr std::array heavy{"Eigen/", "boost/", "fmt/", "re2/", "date/", "CLI/", "zlib.h", "immintrin.h"};
    std::vector<violation> found;
    for (auto const& include : inclusions(file)) {
        for (std::string_view const prefix : heavy) {
            if (!include.target.starts_with(prefix)) continue;
            found.push_back({at_line(file, include.line),
                             "a public header shows '" + include.target + "'; hide it behind a .cpp file"});
        }
    }
    return found;
}

std::vector<violation> forbidden_call_violations(source_file const& file) {
    if (room_of(file) == "cli") return {};
    constexpr std::array forbidden{"system_clock::now",
                                   "steady_clock::now",
                                   "high_resolution_clock::now",
                                   "utc_clock::now",
                                   "clock_gettime",
                                   "gettimeofday",
                                   "std::time",
                                   "std::clock",
                                   "cout",
                                   "cerr",
                                   "clog",
                                   "stdout",
                                   "stderr",
                                   "printf",
                                   "puts",
                                   "putchar",
                                   "abort",
                                   "quick_exit",
                                   "_Exit",
                                   "std::exit",
                                   "exit",
                                   "_exit",
                                   "std::terminate",
                                   "random_device",
                                   "srand",
                                   "setlocale"};
    std::vector<violation> found;
    for (auto const& line : code_lines(file.text)) {
        for (std::string_view const word : forbidden) {
            if (!has_word(line.text, word)) continue;
            // Our own names may be called exit or abort in no other place than a call.
            bool const plain =
                word == "exit" || word == "abort" || word == "_exit" || word == "puts" || word == "printf";
            if (plain && !has_word(line.text, std::string(word) + "(")) continue;
            found.push_back(
                {at_line(file, line.number), "'" + std::string(word) +
                                                 "' in the library: time, output and the end of the process "
                                                 "belong to the host; pass it in, or return an issue"});
            break;
        }
    }
    return found;
}

std::vector<violation> form_violations(source_file const& file) {
    std::vector<violation> found;
    if (!file.text.starts_with("// SPDX-License-Identifier: Apache-2.0\n")) {
        found.push_back({at_line(file, 1), "the first line must be '// SPDX-License-Identifier: Apache-2.0'"});
    }
    auto const length = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (length >= 600) {
        found.push_back({at_line(file, length), std::to_string(length) + " lines, at most 599: split it by idea"});
    }
    if (!is_public(file)) return found;
    std::string guard = file.path.substr(public_folder.size());
    std::transform(guard.begin(), guard.end(), guard.begin(), [](char c) {
        return is_word(c) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
    });
    guard = "SEGMENTA_" + guard;
    if (file.text.find("#ifndef " + guard + "\n#define " + guard + "\n") == std::string::npos) {
        found.push_back({at_line(file, 2), "the include guard must be " + guard});
    }
    return found;
}

std::vector<violation> untested_headers(std::filesystem::path const& root, std::set<std::string> const& exceptions) {
    std::vector<violation> found;
    for (auto const& file : library_sources(root)) {
        if (!is_public(file)) continue;
        std::string const name = file.path.substr(std::string_view("include/").size());
        if (exceptions.contains(name)) continue;
        std::string room = room_of(file);
        if (room == "root") room = "base";
        std::string const stem = std::filesystem::path(file.path).stem().string();
        bool tested = false;
        if (std::filesystem::is_directory(root / "tests" / room)) {
            for (auto const& entry : std::filesystem::directory_iterator(root / "tests" / room)) {
                std::string const test = entry.path().filename().string();
                tested = tested || test == stem + ".test.cpp" ||
                         (test.starts_with(stem + '_') && test.ends_with(".test.cpp"));
            }
        }
        if (!tested) {
            found.push_back({at_line(file, 1), "no test: write tests/" + room + '/' + stem +
                                                   ".test.cpp, or list it with its reason in house_rules.test.cpp"});
        }
    }
    return found;
}

std::vector<violation> missing_pages(std::filesystem::path const& root, source_file const& file) {
    constexpr std::string_view folder = "docs/";
    constexpr std::string_view ending = ".md";
    std::vector<violation> found;
    std::istringstream lines{file.text};
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        for (std::size_t at = line.find(folder); at != std::string::npos; at = line.find(folder, at + 1)) {
            std::size_t end = at + folder.size();
            while (end < line.size() && (is_word(line[end]) || line[end] == '-'))
                ++end;
            if (line.compare(end, ending.size(), ending) != 0) continue;
            std::string const page = line.substr(at, end + ending.size() - at);
            if (std::filesystem::exists(root / page)) continue;
            found.push_back({at_line(file, number), "points to '" + page + "', which does not exist; write it"});
        }
    }
    return found;
}

} // namespace segmenta::test
