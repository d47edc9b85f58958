// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_TAG_STATE_SUPPORT_HPP
#define SEGMENTA_TESTS_TAG_STATE_SUPPORT_HPP

// A small world of tags, and random edits and answers in it.

#include <segmenta/base/random.hpp>
#include <segmenta/tag/tag_changes.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

inline instant at(std::string_view text) { return parse_instant(text, zone::utc()).value(); }
inline instant hour(std::int64_t n) { return at("2024-01-01T00:00:00Z") + duration::hours(n); }

inline tag_definition make_tag(std::string name, std::string in = {}) {
    tag_definition out;
    out.name = std::move(name);
    out.in = std::move(in);
    out.rule = "true";
    out.meanings = {{"en", "an example"}};
    return out;
}

/// `plain` is cleared, `brief` is valid for 5 hours, `sticky` is kept for 7 hours, `steady` is kept for ever, `hand` is
/// manual; `gold`, `silver`, `bronze` exclude each other, with `none` and `unclear`; `beauty` and `sport` do not.
inline taxonomy world() {
    auto const given = [](std::string name, std::string in) {
        auto out = make_tag(std::move(name), std::move(in));
        out.rule.clear();
        return out;
    };
    taxonomy_node tier{.name = "tier", .kind = dimension_kind::exclusive, .order = {"gold", "silver", "bronze"}};
    tier.otherwise = "none";
    tier.unknown = "unclear";
    taxonomy_node interest{.name = "interest", .kind = dimension_kind::multi};
    interest.otherwise = "nothing";
    std::vector<tag_definition> tags{make_tag("plain"),
                                     make_tag("brief"),
                                     make_tag("sticky"),
                                     make_tag("steady"),
                                     make_tag("hand"),
                                     make_tag("bronze", "tier"),
                                     make_tag("silver", "tier"),
                                     make_tag("gold", "tier"),
                                     given("none", "tier"),
                                     given("unclear", "tier"),
                                     make_tag("beauty", "interest"),
                                     make_tag("sport", "interest"),
                                     given("nothing", "interest")};
    tags[1].valid_for = period::exact(duration::hours(5));
    tags[2].valid_for = period::exact(duration::hours(7));
    tags[2].refresh = tag_refresh::keep;
    tags[3].refresh = tag_refresh::keep;
    tags[4].kind = tag_kind::manual;
    tags[4].rule.clear();
    tags[5].refresh = tag_refresh::keep; // bronze
    tags[6].valid_for = period::exact(duration::hours(6));
    return taxonomy({tier, interest}, tags);
}

inline std::vector<std::string> names(std::vector<held_tag> const& held) {
    std::vector<std::string> out;
    for (auto const& tag : held)
        out.emplace_back(tag.tag());
    return out;
}

/// Random edits and answers about the tags of `world()` and one that it does not define.
struct random_life {
    taxonomy tags = world();
    random_generator random;

    explicit random_life(std::uint64_t seed) : random(seed) {}

    std::uint64_t below(std::uint64_t bound) { return random_below(random, bound); }
    std::string_view word() {
        static constexpr std::string_view words[] = {"", "a", "b", "\xE9\x87\x91"};
        return words[below(4)];
    }
    std::optional<double> confidence() {
        if (below(2) == 0) return std::nullopt;
        return static_cast<double>(below(3)) / 2;
    }
    std::string tag() {
        auto const i = below(tags.tags().size() + 1);
        return i < tags.tags().size() ? tags.tags()[i].name : std::string("stranger");
    }
    /// At most one answer for each tag.
    std::vector<tag_answer> answers() {
        std::vector<tag_answer> out;
        for (auto const& definition : tags.tags()) {
            auto const said = below(5);
            if (said == 4) continue;
            std::optional<bool> const holds = said == 3 ? std::nullopt : std::optional<bool>(said != 0);
            out.push_back({definition.name, holds, word(), confidence(), word()});
        }
        return out;
    }
    instant end_after(instant begin) {
        if (below(2) == 0) return instant::never();
        return begin + duration::hours(static_cast<std::int64_t>(1 + below(12)));
    }
    void edit(tag_state& state, instant now) {
        switch (below(8)) {
        case 0:
        case 1:
        case 2:
            state.give({tag(), end_after(now), std::string(word()), confidence(), std::string(word()), "ann"}, now);
            break;
        case 3: state.take(tag()); break;
        case 4: state.lock({tag(), below(2) == 0, now, end_after(now), std::string(word()), "bob"}); break;
        case 5: state.unlock(tag()); break;
        case 6: state.erase({tag(), now, std::string(word()), "customer"}); break;
        default: state.undelete(tag()); break;
        }
    }
    /// A state after some hours of it.
    tag_state state(int steps) {
        tag_state out;
        instant now = hour(static_cast<std::int64_t>(below(4)));
        for (int i = 0; i < steps; ++i) {
            now = now + duration::hours(static_cast<std::int64_t>(below(5)));
            if (below(2) == 0)
                edit(out, now);
            else
                out = advance(out, answers(), tags, {now, zone::utc(), word()}).state;
        }
        return out;
    }
};

} // namespace segmenta::test

#endif
