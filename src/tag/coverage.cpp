// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/tag/coverage.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

double share(std::uint64_t part, std::uint64_t whole) noexcept {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void check_options(coverage_options const& options, issue_list& issues) {
    if (!(options.useless_below >= 0 && options.useless_below <= 1))
        issues.error("coverage.options", "useless_below", "this is no share", std::to_string(options.useless_below),
                     "0 to 1");
    if (!(options.similar_from > 0 && options.similar_from <= 1))
        issues.error("coverage.options", "similar_from", "this is no Jaccard index to begin at",
                     std::to_string(options.similar_from), "more than 0, to 1");
}

tag_coverage coverage_of_tag(std::string tag, std::uint64_t tagged, std::uint64_t known, std::uint64_t total,
                             coverage_options const& options) {
    tag_coverage out{std::move(tag), tagged, known, total, false};
    out.useless = total > 0 && out.tagged_share() < options.useless_below;
    return out;
}

// The answers by number of the taxonomy's tags.
class answered_tags {
public:
    answered_tags(tag_set const& answers, taxonomy const& tags) : holds(tags.tags().size(), nullptr) {
        for (std::size_t i = 0; i < answers.names().size(); ++i) {
            auto const tag = tags.find_tag(answers.names()[i]);
            if (tag)
                holds[*tag] = &answers[i];
            else
                undefined.push_back(answers.names()[i]);
        }
    }

    std::vector<tag_rows const*> holds; // null: nobody was asked
    std::vector<std::string> undefined;
};

dimension_coverage coverage_of_dimension(tag_dimension const& dimension, taxonomy const& tags,
                                         answered_tags const& answers, std::size_t customers) {
    bitmap once(customers);
    bitmap several(customers);
    for (std::size_t const tag : dimension.values) {
        if (answers.holds[tag] == nullptr) continue;
        bitmap again = once;
        again.and_with(answers.holds[tag]->holds);
        several.or_with(again);
        once.or_with(answers.holds[tag]->holds);
    }
    dimension_coverage out;
    out.path = tags.path(dimension.node);
    out.exclusive = dimension.exclusive;
    out.tagged = once.count();
    out.several = several.count();
    out.total = customers;
    auto const take = [&](std::optional<std::size_t> tag) -> std::uint64_t {
        if (!tag || answers.holds[*tag] == nullptr) return 0;
        once.or_with(answers.holds[*tag]->holds);
        return answers.holds[*tag]->holds.count();
    };
    out.otherwise = take(dimension.otherwise);
    out.unknown = take(dimension.unknown);
    out.silent = customers - once.count();
    return out;
}

// Pairs of tags by their bitmaps. Only tags of nearly equal size can be alike: both / either <= smaller / larger.
class similarity_finder {
public:
    similarity_finder(answered_tags const& answers, taxonomy const& tags, coverage_report& report)
        : answers_(answers), tags_(tags), report_(report) {
        for (std::size_t tag = 0; tag < answers.holds.size(); ++tag)
            if (report.tags[tag].tagged > 0) by_size_.push_back(tag);
        std::sort(by_size_.begin(), by_size_.end(), [&](std::size_t a, std::size_t b) {
            return std::pair(report.tags[a].tagged, a) < std::pair(report.tags[b].tagged, b);
        });
    }

    void find() {
        double const from = report_.options.similar_from;
        for (std::size_t i = 0; i < by_size_.size(); ++i)
            for (std::size_t k = i + 1; k < by_size_.size(); ++k) {
                if (share(size(by_size_[i]), size(by_size_[k])) < from) break;
                compare(std::min(by_size_[i], by_size_[k]), std::max(by_size_[i], by_size_[k]));
            }
        auto& found = report_.similar;
        std::sort(found.begin(), found.end(), [](similar_tags const& a, similar_tags const& b) {
            return std::tie(b.jaccard, a.one, a.other) < std::tie(a.jaccard, b.one, b.other);
        });
        if (found.size() > report_.options.most_similar) found.resize(report_.options.most_similar);
    }

private:
    [[nodiscard]] std::uint64_t size(std::size_t tag) const noexcept { return report_.tags[tag].tagged; }

    void compare(std::size_t a, std::size_t b) {
        std::uint64_t const both = count_and_words(answers_.holds[a]->holds.words(), answers_.holds[b]->holds.words());
        similar_tags out{tags_.tags()[a].name, tags_.tags()[b].name, both, size(a) + size(b) - both, 0, 0};
        out.jaccard = share(both, out.either);
        if (out.jaccard < report_.options.similar_from) return;
        out.lift = share(both, size(a)) / share(size(b), report_.total);
        report_.similar.push_back(std::move(out));
    }

    answered_tags const& answers_;
    taxonomy const& tags_;
    coverage_report& report_;
    std::vector<std::size_t> by_size_;
};

// Counts by number of the taxonomy's tags.
class counted_tags {
public:
    counted_tags(std::uint64_t total, std::span<tag_counts const> counts, taxonomy const& tags, issue_list& issues)
        : of(tags.tags().size()) {
        std::vector<bool> seen(of.size());
        for (auto const& count : counts) {
            std::string const place(count.tag);
            if (count.tagged > count.known || count.known > total)
                issues.error("coverage.counts", place, "these counts cannot be",
                             std::to_string(count.tagged) + " tagged of " + std::to_string(count.known) + " known of " +
                                 std::to_string(total),
                             "tagged <= known <= all");
            auto const tag = tags.find_tag(count.tag);
            if (!tag) {
                undefined.push_back(place);
                continue;
            }
            if (seen[*tag]) issues.error("coverage.counts", place, "this tag is counted twice", quoted(count.tag));
            seen[*tag] = true;
            of[*tag] = count;
        }
    }

    [[nodiscard]] std::uint64_t tagged(std::optional<std::size_t> tag) const noexcept {
        return tag ? of[*tag].tagged : 0;
    }

    std::vector<tag_counts> of;
    std::vector<std::string> undefined;
};

dimension_coverage coverage_of_dimension(tag_dimension const& dimension, taxonomy const& tags,
                                         counted_tags const& counts, std::uint64_t total, issue_list& issues) {
    dimension_coverage out;
    out.path = tags.path(dimension.node);
    out.exclusive = true;
    out.total = total;
    for (std::size_t const tag : dimension.values)
        out.tagged += counts.tagged(tag);
    out.otherwise = counts.tagged(dimension.otherwise);
    out.unknown = counts.tagged(dimension.unknown);
    std::uint64_t const all = out.tagged + out.otherwise + out.unknown;
    if (all > total)
        issues.error("coverage.counts", out.path,
                     "more customers hold a value of this exclusive dimension than there are", std::to_string(all),
                     std::to_string(total), "Count each customer at one value, or make the dimension multi.");
    out.silent = total - std::min(all, total);
    return out;
}

} // namespace

double tag_coverage::tagged_share() const noexcept { return share(tagged, total); }
double tag_coverage::known_share() const noexcept { return share(known, total); }
double dimension_coverage::tagged_share() const noexcept { return share(tagged, total); }
double dimension_coverage::unknown_share() const noexcept { return share(unknown, total); }

coverage_report coverage_of(tag_set const& answers, taxonomy const& tags, coverage_options const& options) {
    issue_list issues;
    check_options(options, issues);
    issues.throw_if_errors();
    answered_tags answered(answers, tags);
    coverage_report out;
    out.total = answers.customers();
    out.options = options;
    for (std::size_t tag = 0; tag < answered.holds.size(); ++tag) {
        auto const* const rows = answered.holds[tag];
        std::uint64_t const tagged = rows == nullptr ? 0 : rows->count();
        std::uint64_t const known = rows == nullptr ? 0 : out.total - rows->unknown();
        out.tags.push_back(coverage_of_tag(tags.tags()[tag].name, tagged, known, out.total, options));
    }
    for (auto const& dimension : tags.dimensions())
        out.dimensions.push_back(coverage_of_dimension(dimension, tags, answered, answers.customers()));
    similarity_finder(answered, tags, out).find();
    out.undefined = std::move(answered.undefined);
    return out;
}

coverage_report coverage_of(std::uint64_t total, std::span<tag_counts const> counts, taxonomy const& tags,
                            coverage_options const& options) {
    issue_list issues;
    check_options(options, issues);
    counted_tags counted(total, counts, tags, issues);
    coverage_report out;
    out.total = total;
    out.options = options;
    for (std::size_t tag = 0; tag < counted.of.size(); ++tag)
        out.tags.push_back(
            coverage_of_tag(tags.tags()[tag].name, counted.of[tag].tagged, counted.of[tag].known, total, options));
    for (auto const& dimension : tags.dimensions())
        if (dimension.exclusive)
            out.dimensions.push_back(coverage_of_dimension(dimension, tags, counted, total, issues));
    issues.throw_if_errors();
    out.undefined = std::move(counted.undefined);
    return out;
}

} // namespace v0
} // namespace segmenta
