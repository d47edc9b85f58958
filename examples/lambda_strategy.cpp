// SPDX-License-Identifier: Apache-2.0
// A strategy from a lambda, used on columns in memory.
#include <segmenta/segmenta.hpp>

#include <array>
#include <iostream>
#include <vector>

int main() {
    using namespace segmenta;
    auto const size = make_strategy("size", {"height_cm"}, {{"size.short", 0}, {"size.tall", 1}},
                                    [](block const& rows, std::size_t row) {
                                        if (!rows.columns[0].is_present(row)) return no_answer(status::unknown);
                                        assignment out;
                                        out.segment = rows.columns[0].as<std::int64_t>()[row] >= 180 ? 1 : 0;
                                        return out;
                                    });
    column heights(int64_type, 4);
    for (std::size_t i = 0; std::int64_t const cm : {165, 180, 199, 0}) heights.data<std::int64_t>()[i++] = cm;
    heights.set_missing(3); // not known, and not zero
    std::array const columns{heights.view()};
    std::vector<assignment> answers(heights.size());
    size.assign(block{heights.size(), columns}, answers);

    std::vector<std::uint16_t> const expected{0, 1, 1, no_segment};
    bool good = true;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        bool const known = answers[i].has_segment();
        std::cout << (known ? size.segments()[answers[i].segment].id : std::string(to_string(answers[i].standing))) << '\n';
        good = good && answers[i].segment == expected[i];
    }
    return good && answers[3].standing == status::unknown ? 0 : 1;
}
