// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Counts every malloc of the test program. Include in one .cpp of an executable only. Under a
// sanitizer, which has a malloc of its own, nothing is counted and counts_allocations() is false.

#include <atomic>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
namespace runmech::test {
inline bool counts_allocations() {
  return false;
}
inline long allocations() {
  return 0;
}
}  // namespace runmech::test
#else
namespace runmech::test {
inline std::atomic<long> allocation_count{0};
inline bool counts_allocations() {
  return true;
}
inline long allocations() {
  return allocation_count.load();
}
}  // namespace runmech::test

extern "C" {
void* __libc_malloc(std::size_t);  // NOLINT: glibc's own name
void* malloc(std::size_t size) noexcept {
  ++runmech::test::allocation_count;
  return __libc_malloc(size);
}
}
#endif
