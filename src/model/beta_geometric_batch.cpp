// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/beta_geometric.hpp>

#include "model/octave_polynomial.hpp"
#include "model/repeat_functions.hpp"
#include "model/repeat_kernels.hpp"
#include "model/repeat_standing.hpp"
#include "model/repeat_sums.hpp"

#include <segmenta/base/cpu.hpp>
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

using namespace detail;

constexpr std::size_t block_rows = 4096;

template <class Work>
void in_blocks(std::size_t rows, unsigned threads, Work&& work) {
    parallel_for_blocks(threads, (rows + block_rows - 1) / block_rows, [&](std::size_t block, unsigned worker) {
        std::size_t const begin = block * block_rows;
        work(begin, std::min(rows, begin + block_rows), worker);
    });
}

// Polynomials made when they are first asked for.
class mean_tables {
public:
    static constexpr double largest_count = 63;

    mean_tables(beta_geometric const& model, double time) : model_(model), time_(time) {}

    // Of a living customer with x <= largest_count repeat purchases and as many steps done since the last one as the
    // shares say; shifted = alpha + age.
    double mean(double x, std::span<double const> shares, double shifted) {
        octave_place const at(shifted);
        if (at.exponent < first_ || at.exponent >= first_ + tables_.size()) widen(at.exponent);
        auto const count = static_cast<std::size_t>(static_cast<std::int64_t>(x));
        auto* const slots = tables_[at.exponent - first_].data() + count * model_.regularity();
        double sum = 0;
        for (unsigned done = 0; done < shares.size(); ++done) {
            if (!(shares[done] > 0)) continue;
            if (!slots[done]) slots[done] = make(x, done, at.exponent);
            sum += shares[done] * (*slots[done])(at.m);
        }
        return sum;
    }

private:
    [[nodiscard]] std::unique_ptr<octave_polynomial> make(double x, unsigned done, std::size_t exponent) const {
        unsigned const steps = model_.regularity();
        auto const& p = model_.values();
        double const scale = octave_place::scale(exponent);
        double const b = p.b + x + (model_.first_drops() ? 1 : 0);
        return std::make_unique<octave_polynomial>([&](double m) {
            return expected_purchases({p.r + steps * x + done, m * scale, p.a, b, steps, done}, time_);
        });
    }
    void widen(std::size_t exponent) {
        if (tables_.empty()) first_ = exponent;
        std::size_t const begin = std::min(first_, exponent);
        std::size_t const end = std::max(first_ + tables_.size(), exponent + 1);
        std::vector<row> wider(end - begin);
        for (std::size_t i = 0; i < tables_.size(); ++i)
            wider[first_ - begin + i] = std::move(tables_[i]);
        for (row& r : wider)
            r.resize((static_cast<std::size_t>(largest_count) + 1) * model_.regularity());
        tables_ = std::move(wider);
        first_ = begin;
    }

    using row = std::vector<std::unique_ptr<octave_polynomial>>;

    beta_geometric const& model_;
    double time_;
    std::size_t first_ = 0;
    std::vector<row> tables_;
};

// With k > 1 steps a purchase: the mean over the steps that may be done.
double expected_in_steps(beta_geometric const& model, repeat_purchases const& c, horizon time, mean_tables& means) {
    double const x = c.repeats.value;
    if (!is_customer(c) || x > mean_tables::largest_count) return model.conditional_expected_transactions(c, time);
    standing const now(model.values(), model.first_drops(), model.regularity(), c);
    return now.alive() * means.mean(x, now.shares(), now.age());
}

} // namespace

void beta_geometric::probability_alive(purchase_summary const& s, std::span<double> out, unsigned threads) const {
    check_scores(s, time_unit(), out.size());
    if (regularity() > 1) {
        in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned) {
            for (std::size_t i = begin; i < end; ++i)
                out[i] = probability_alive(customer_of(s, i));
        });
        return;
    }
    auto const& kernels = repeat_kernels_for(detect_cpu_level());
    repeat_point const at{p_.r, p_.alpha, p_.a, first_drops_ ? p_.b : p_.b - 1};
    in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned) {
        repeat_rows const rows{s.repeats.data() + begin, s.last.data() + begin, s.age.data() + begin, nullptr,
                               end - begin};
        kernels.alive(rows, at, first_drops_, out.data() + begin);
    });
}

void beta_geometric::conditional_expected_transactions(purchase_summary const& s, horizon time, std::span<double> out,
                                                       unsigned threads) const {
    check_scores(s, time_unit(), out.size());
    // Polynomials hold no infinity; beyond any time that means something one by one is fast enough.
    if (!(time.value <= 1e250)) {
        in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned) {
            for (std::size_t i = begin; i < end; ++i)
                out[i] = conditional_expected_transactions(customer_of(s, i), time);
        });
        return;
    }
    auto const& kernels = repeat_kernels_for(detect_cpu_level());
    repeat_point const at{p_.r, p_.alpha, p_.a, first_drops_ ? p_.b : p_.b - 1};
    std::vector<mean_tables> tables; // one a thread: each makes what it needs
    for (unsigned i = 0; i < usable_threads(threads); ++i)
        tables.emplace_back(*this, time.value);
    in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
        mean_tables& means = tables[worker];
        if (regularity() > 1) {
            for (std::size_t i = begin; i < end; ++i)
                out[i] = expected_in_steps(*this, customer_of(s, i), time, means);
            return;
        }
        repeat_rows const rows{s.repeats.data() + begin, s.last.data() + begin, s.age.data() + begin, nullptr,
                               end - begin};
        kernels.alive(rows, at, first_drops_, out.data() + begin);
        constexpr double none_done[] = {1};
        for (std::size_t i = begin; i < end; ++i) {
            double const x = s.repeats[i];
            if (!(out[i] >= 0)) continue; // NaN stays
            double const b = p_.b + x + (first_drops_ ? 1 : 0);
            out[i] *= x <= mean_tables::largest_count
                          ? means.mean(x, none_done, p_.alpha + s.age[i])
                          : expected_purchases({p_.r + x, p_.alpha + s.age[i], p_.a, b, 1, 0}, time.value);
        }
    });
}

} // namespace v0
} // namespace segmenta
