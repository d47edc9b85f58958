// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_LARGE_ALLOCATOR_HPP
#define SEGMENTA_BASE_LARGE_ALLOCATOR_HPP

/// \file
/// Memory for arrays of several megabytes: on the boundaries of huge pages and with the system asked for them, so that
/// a page fault (and an entry of the address cache) serves 2 MiB instead of 4 KiB. Where the system has no huge pages
/// everything works, only slower.

#include <cstddef>
#include <limits>
#include <new>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t huge_page = std::size_t{2} << 20;

/// `bytes` of zeros. Throws `std::bad_alloc`.
[[nodiscard]] void* allocate_large(std::size_t bytes);
/// `bytes` as it was asked for.
void free_large(void* memory, std::size_t bytes) noexcept;

/// For standard containers: large arrays from `allocate_large`, the others from `operator new`.
template <class T>
struct large_allocator {
    using value_type = T;

    large_allocator() = default;
    template <class U>
    large_allocator(large_allocator<U> const&) noexcept {} // NOLINT(google-explicit-constructor): as the standard asks

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_array_new_length();
        std::size_t const bytes = n * sizeof(T);
        return static_cast<T*>(bytes < huge_page ? ::operator new(bytes) : allocate_large(bytes));
    }
    void deallocate(T* memory, std::size_t n) noexcept {
        std::size_t const bytes = n * sizeof(T);
        if (bytes < huge_page)
            ::operator delete(memory);
        else
            free_large(memory, bytes);
    }

    friend bool operator==(large_allocator const&, large_allocator const&) noexcept { return true; }
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
