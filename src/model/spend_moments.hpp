// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_SPEND_MOMENTS_HPP
#define SEGMENTA_MODEL_SPEND_MOMENTS_HPP

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/gamma_gamma.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Means of repeat purchases and mean amounts over customers, and how both vary together.
class spend_moments {
public:
    using row = spend_statistics::row;

    // With one thread nothing is allocated; sums are the same for any number.
    spend_moments(std::span<row const> rows, double customers, thread_team& team) : several_(rows.size() > 1) {
        sums const means = fold(rows, team, [](sums& s, row const& r) {
            s.x += r.weight * r.repeats;
            s.m += r.weight * r.mean;
        });
        mean_x_ = means.x / customers;
        mean_m_ = means.m / customers;
        spread_ = fold(rows, team, [this](sums& s, row const& r) {
            double const x = r.repeats - mean_x_;
            double const m = r.mean - mean_m_;
            s.x += r.weight * x * x;
            s.m += r.weight * m * m;
            s.xm += r.weight * x * m;
        });
    }

    [[nodiscard]] double mean_amount() const noexcept { return mean_m_; }
    // NaN where one of both does not vary.
    [[nodiscard]] double correlation() const noexcept {
        bool const vary = several_ && spread_.x > 0 && spread_.m > 0;
        return vary ? spread_.xm / std::sqrt(spread_.x * spread_.m) : std::numeric_limits<double>::quiet_NaN();
    }

private:
    struct sums {
        double x = 0, m = 0, xm = 0;

        void merge(sums const& other) noexcept {
            x += other.x;
            m += other.m;
            xm += other.xm;
        }
    };

    template <class Add>
    static sums fold(std::span<row const> rows, thread_team& team, Add const& add) {
        constexpr std::size_t block_rows = 16384;
        std::size_t const blocks = (rows.size() + block_rows - 1) / block_rows;
        auto const sum_of = [&](std::size_t block) {
            sums part;
            std::size_t const begin = block * block_rows;
            for (row const& r : rows.subspan(begin, std::min(block_rows, rows.size() - begin)))
                add(part, r);
            return part;
        };
        sums out;
        if (team.threads() == 1) {
            for (std::size_t block = 0; block < blocks; ++block)
                out.merge(sum_of(block));
            return out;
        }
        std::vector<sums> parts(blocks);
        team.for_blocks(blocks, [&](std::size_t block) { parts[block] = sum_of(block); });
        for (sums const& part : parts)
            out.merge(part);
        return out;
    }

    bool several_;
    double mean_x_ = 0;
    double mean_m_ = 0;
    sums spread_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
