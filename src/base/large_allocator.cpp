// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/large_allocator.hpp>

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#else
#include <cstring>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {
#if defined(__linux__)

namespace {

constexpr std::size_t whole_pages(std::size_t bytes) noexcept {
    constexpr std::size_t page = 4096;
    return (bytes + page - 1) / page * page;
}

} // namespace

void* allocate_large(std::size_t bytes) {
    std::size_t const used = whole_pages(bytes);
    void* const memory = ::mmap(nullptr, used + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // What lies before the boundary and after the array goes back.
    auto* const start = static_cast<std::byte*>(memory);
    auto const past = reinterpret_cast<std::uintptr_t>(start) % huge_page;
    std::size_t const before = past == 0 ? 0 : huge_page - past;
    if (before > 0) ::munmap(start, before);
    if (before < huge_page) ::munmap(start + before + used, huge_page - before);
    (void)::madvise(start + before, used, MADV_HUGEPAGE); // a wish
    return start + before;
}

void free_large(void* memory, std::size_t bytes) noexcept { ::munmap(memory, whole_pages(bytes)); }

#else

void* allocate_large(std::size_t bytes) {
    void* const memory = ::operator new(bytes);
    std::memset(memory, 0, bytes);
    return memory;
}

void free_large(void* memory, std::size_t) noexcept { ::operator delete(memory); }

#endif
} // namespace detail
} // namespace v0
} // namespace segmenta
