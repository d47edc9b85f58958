// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_likelihood.hpp"

#include "model/repeat_functions.hpp"
#include "model/repeat_sums.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
void repeat_derivatives::add(repeat_derivatives const& other) noexcept {
    value += other.value;
    for (std::size_t i = 0; i < 4; ++i) {
        slope[i] += other.slope[i];
        for (std::size_t j = i; j < 4; ++j)
            curve[i][j] += other.curve[i][j];
    }
}

repeat_objective::repeat_objective(purchase_statistics const& data, repeat_family const& family, thread_team& team)
    : data_(data), family_(family), team_(team), more_than_(customers_with_more(data)) {
    if (family.first_drops && family.steps == 1) nothing_.assign(data.singles().size(), 0);
}

namespace {

// Customers of each number of purchases they did not leave after, which is what B(a, b + n) / B(a, b) is about.
class stay_sums {
public:
    stay_sums(double a, double b, repeat_derivatives& sum) : a_(a), b_(b), sum_(sum) {}

    // One factor (b + j) / (a + b + j).
    void add_factor(double j, double customers) {
        double const b = b_ + j;
        double const both = 1 / (a_ + b);
        double const alone = 1 / b;
        sum_.value -= customers * std::log1p(a_ / b);
        sum_.slope[2] -= customers * both;
        sum_.slope[3] += customers * a_ * both * alone;
        sum_.curve[2][2] += customers * both * both;
        sum_.curve[2][3] += customers * both * both;
        sum_.curve[3][3] += customers * (both * both - alone * alone);
    }
    // Factors j = from to from + n - 1.
    void add_factors(double from, double n, double customers) {
        double const b = b_ + from;
        sum_.value += customers * (log_rising(b, n) - log_rising(a_ + b, n));
        sum_.slope[2] -= customers * log_rising_slope(a_ + b, n);
        sum_.slope[3] += customers * (log_rising_slope(b, n) - log_rising_slope(a_ + b, n));
        double const both = log_rising_curve(a_ + b, n);
        sum_.curve[2][2] -= customers * both;
        sum_.curve[2][3] -= customers * both;
        sum_.curve[3][3] += customers * (log_rising_curve(b, n) - both);
    }
    // - log(b + j)
    void add_met(double j, double customers) {
        double const met = 1 / (b_ + j);
        sum_.value += customers * std::log(met);
        sum_.slope[3] -= customers * met;
        sum_.curve[3][3] += customers * met * met;
    }

private:
    double a_, b_;
    repeat_derivatives& sum_;
};

} // namespace

void repeat_objective::add_counts(std::array<double, 4> const& p, repeat_derivatives& sum) const {
    auto const [r, alpha, a, b] = p;
    double const k = family_.steps;
    auto const rising = sum_rising(data_, more_than_, r, k);
    double const n = data_.customers();
    double const log_alpha = std::log(alpha);
    sum.value += rising.value + n * r * log_alpha;
    sum.slope[0] += rising.slope + n * log_alpha;
    sum.slope[1] += n * r / alpha;
    sum.curve[0][0] += rising.curve;
    sum.curve[0][1] += n / alpha;
    sum.curve[1][1] -= n * r / (alpha * alpha);
    if (family_.steps > 1) {
        double const log_factorial = log_rising(1, k - 1);
        sum.value += (k - 1) * data_.log_times() - data_.repeats() * log_factorial;
    }

    stay_sums stay(a, b, sum);
    double const first = family_.first_drops ? 1 : 0;
    if (family_.first_drops) stay.add_factor(0, n);
    auto const& counts = data_.counts();
    for (std::size_t x = 0; x < more_than_.size(); ++x) {
        auto const j = static_cast<double>(x);
        if (more_than_[x] > 0) stay.add_factor(j + first, more_than_[x]);
        // What dropout met at the last purchase: b + x - 1, one more where the first purchase counts.
        if (counts[x] > 0 && (x > 0 || family_.first_drops)) stay.add_met(j - 1 + first, counts[x]);
    }
    double const behind = static_cast<double>(more_than_.size());
    for (auto const& c : data_.large_counts()) {
        stay.add_factors(behind + first, c.repeats - behind, c.customers);
        stay.add_met(c.repeats - 1 + first, c.customers);
    }
}

namespace {

void add_sums(repeat_sums const& s, double a, repeat_derivatives& sum) {
    sum.value += s.value;
    sum.slope[0] += s.r;
    sum.slope[1] += s.alpha;
    sum.slope[2] += s.dead / a;
    sum.slope[3] += s.b;
    auto& c = sum.curve;
    c[0][0] += s.rr;
    c[0][1] += s.r_alpha;
    c[0][2] += s.r_a / a;
    c[0][3] += s.rb;
    c[1][1] += s.alpha_alpha;
    c[1][2] += s.alpha_a / a;
    c[1][3] += s.alpha_b;
    c[2][2] += s.aa / (a * a);
    c[2][3] += s.ab / a;
    c[3][3] += s.bb;
}

// Who bought once and cannot have left: -r log(alpha + age).
void add_singles(single_sums const& s, double r, repeat_derivatives& sum) {
    sum.value -= r * s.log;
    sum.slope[0] -= s.log;
    sum.slope[1] -= r * s.inverse;
    sum.curve[0][1] -= s.inverse;
    sum.curve[1][1] += r * s.square;
}

} // namespace

void repeat_objective::add_customers(std::array<double, 4> const& p, repeat_derivatives& sum) const {
    auto const [r, alpha, a, b] = p;
    auto const& kernels = repeat_kernels_for(family_.level);
    repeat_point const at{r, alpha, a, family_.first_drops ? b : b - 1};
    auto const weights = [](purchase_statistics::rows const& rows, std::size_t begin) {
        return rows.weights.empty() ? nullptr : rows.weights.data() + begin;
    };
    auto const& back = data_.repeaters();
    add_sums(sum_blocks<repeat_sums>(team_, back.size(),
                                     [&](std::size_t begin, std::size_t end, repeat_sums& part) {
                                         repeat_rows const rows{back.repeats.data() + begin, back.last.data() + begin,
                                                                back.ages.data() + begin, weights(back, begin),
                                                                end - begin};
                                         kernels.sum(rows, at, part);
                                     }),
             a, sum);
    auto const& once = data_.singles();
    if (!family_.first_drops) {
        auto const sums = sum_blocks<single_sums>(
            team_, once.size(), [&](std::size_t begin, std::size_t end, single_sums& part) {
                kernels.sum_single(once.ages.data() + begin, weights(once, begin), end - begin, alpha, part);
            });
        add_singles(sums, r, sum);
        return;
    }
    add_sums(sum_blocks<repeat_sums>(team_, once.size(),
                                     [&](std::size_t begin, std::size_t end, repeat_sums& part) {
                                         repeat_rows const rows{nothing_.data() + begin, nothing_.data() + begin,
                                                                once.ages.data() + begin, weights(once, begin),
                                                                end - begin};
                                         kernels.sum(rows, at, part);
                                     }),
             a, sum);
}

namespace {

// Sum over the steps since the last purchase of y^j (R)_j / j!, and its derivatives by R and log y.
struct survival {
    double value = 1, by_shape = 0, by_log = 0;

    survival(double y, double shape, unsigned steps) {
        double term = 1;
        double harmonic = 0;
        for (unsigned j = 1; j < steps; ++j) {
            term *= y * (shape + j - 1) / j;
            harmonic += 1 / (shape + j - 1);
            value += term;
            by_shape += term * harmonic;
            by_log += term * j;
        }
    }
};

// A customer of the Erlang-k models, as repeat_sums has it for k = 1; first derivatives only.
void add_regular(double x, double last, double age, double w, repeat_family const& family,
                 std::array<double, 4> const& p, repeat_derivatives& sum) {
    auto const [r, alpha, a, b] = p;
    double const shape = r + family.steps * x;
    double const inverse_age = 1 / (alpha + age);
    survival const since((age - last) * inverse_age, shape, family.steps);
    double const log_survival = std::log(since.value);
    double const survival_by_r = since.by_shape / since.value;
    double const survival_by_alpha = -since.by_log / since.value * inverse_age;
    if (x == 0 && !family.first_drops) {
        double const log_age = std::log(alpha + age);
        sum.value += w * (log_survival - r * log_age);
        sum.slope[0] += w * (survival_by_r - log_age);
        sum.slope[1] += w * (survival_by_alpha - r * inverse_age);
        return;
    }
    double const inverse_last = 1 / (alpha + last);
    double const grown = std::log((alpha + age) * inverse_last);
    double const log_last = std::log(alpha + last);
    double const met = b + x - (family.first_drops ? 0 : 1);
    double const v = std::exp(log_survival - shape * grown) * met;
    double const alive = v / (a + v);
    sum.value += w * (std::log(a + v) - shape * log_last);
    sum.slope[0] += w * (-log_last + alive * (survival_by_r - grown));
    sum.slope[1] -= w * (shape * inverse_last + alive * (shape * (inverse_age - inverse_last) - survival_by_alpha));
    sum.slope[2] += w / (a + v);
    sum.slope[3] += w * alive / met;
}

} // namespace

void repeat_objective::add_regular_customers(std::array<double, 4> const& p, repeat_derivatives& sum) const {
    auto const& back = data_.repeaters();
    sum.add(sum_blocks<repeat_derivatives>(
        team_, back.size(), [&](std::size_t begin, std::size_t end, repeat_derivatives& part) {
            for (std::size_t i = begin; i < end; ++i)
                add_regular(back.repeats[i], back.last[i], back.ages[i], back.weight(i), family_, p, part);
        }));
    auto const& once = data_.singles();
    sum.add(sum_blocks<repeat_derivatives>(
        team_, once.size(), [&](std::size_t begin, std::size_t end, repeat_derivatives& part) {
            for (std::size_t i = begin; i < end; ++i)
                add_regular(0, 0, once.ages[i], once.weight(i), family_, p, part);
        }));
}

void repeat_objective::look(Eigen::VectorXd const& logs) {
    if (at_.size() == logs.size() && at_ == logs) return;
    std::array<double, 4> p{};
    for (std::size_t i = 0; i < 4; ++i)
        p[i] = std::exp(logs[static_cast<Eigen::Index>(i)]);
    repeat_derivatives sum;
    add_counts(p, sum);
    if (family_.steps == 1)
        add_customers(p, sum);
    else
        add_regular_customers(p, sum);
    double const scale = -1 / data_.customers();
    at_ = logs;
    value_ = sum.value * scale;
    gradient_.resize(4);
    curvature_.resize(4, 4);
    for (std::size_t i = 0; i < 4; ++i) {
        auto const row = static_cast<Eigen::Index>(i);
        gradient_[row] = sum.slope[i] * p[i] * scale;
        for (std::size_t j = i; j < 4; ++j) {
            auto const column = static_cast<Eigen::Index>(j);
            double const curve = sum.curve[i][j] * p[i] * p[j] * scale + (i == j ? gradient_[row] : 0.0);
            curvature_(row, column) = curve;
            curvature_(column, row) = curve;
        }
    }
}

double repeat_objective::operator()(Eigen::VectorXd const& logs, Eigen::VectorXd& gradient) {
    look(logs);
    gradient = gradient_;
    return value_;
}

Eigen::MatrixXd repeat_objective::curvature(Eigen::VectorXd const& logs) {
    look(logs);
    return curvature_;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
