// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_LARGE_ARRAY_HPP
#define SEGMENTA_BASE_LARGE_ARRAY_HPP

#include <segmenta/base/large_allocator.hpp>

#include <cstddef>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Zeros that nobody has touched yet: a vector would write all of them first, on one thread, and get every page there.
template <class T>
class large_array {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit large_array(std::size_t size) : size_(size) {
        if (size > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_array_new_length();
        if (size > 0) data_ = static_cast<T*>(allocate_large(size * sizeof(T)));
    }
    large_array(large_array&& other) noexcept
        : size_(std::exchange(other.size_, 0)), data_(std::exchange(other.data_, nullptr)) {}
    large_array& operator=(large_array&&) = delete;
    ~large_array() {
        if (data_ != nullptr) free_large(data_, size_ * sizeof(T));
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
    [[nodiscard]] std::span<T> all() noexcept { return {data_, size_}; }
    [[nodiscard]] std::span<T const> all() const noexcept { return {data_, size_}; }

private:
    std::size_t size_;
    T* data_ = nullptr;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
