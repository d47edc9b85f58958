// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_ID_LIST_HPP
#define SEGMENTA_SRC_INGEST_ID_LIST_HPP

// Some customers by id, of one kind: numbers or text.

#include <segmenta/base/string_pool.hpp>
#include <segmenta/ingest/ingest.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Takes ids over and over and keeps each once, in memory linear in the distinct ones.
class id_list {
public:
    void add(std::int64_t id) {
        numbers_.push_back(id);
        if (numbers_.size() >= tidy_at_) tidy();
    }
    void add(std::string_view id) { (void)texts_.intern(id); }
    void merge(id_list const& other);
    /// The same list with the ids that `of(id)` gives for those in it.
    template <class Of>
    [[nodiscard]] id_list mapped(Of const& of) const {
        id_list out;
        for (auto const id : numbers_)
            out.add(of(id));
        for (std::uint32_t code = 0; code < texts_.size(); ++code)
            out.add(of(texts_.view(code)));
        return out;
    }
    /// Those who are not among `customers`: how many, and the least of them.
    [[nodiscard]] left_out_customers beside(customer_columns const& customers, std::string reason);

private:
    void tidy();

    std::vector<std::int64_t> numbers_;
    std::size_t tidy_at_ = 4096;
    string_pool texts_;
};

/// Whether an id of text says nothing: blanks alone, or with a NUL byte, which ends text in other programs.
[[nodiscard]] bool is_bad_id(std::string_view id) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
