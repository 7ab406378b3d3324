#include "kernels/system/page_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace weighin {

PageMemory::PageMemory(PageMemory&& other) noexcept {
  *this = std::move(other);
}

PageMemory& PageMemory::operator=(PageMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(taken_, other.taken_);
  return *this;
}

PageMemory::~PageMemory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

tl::expected<PageMemory, std::string> PageMemory::of(uint64_t bytes) {
  PageMemory memory;
  void* data = bytes == 0 ? MAP_FAILED
                          : mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED)
    return tl::unexpected(fmt::format("The system refused {} bytes: free memory or raise the limit.", bytes));
  advise_huge_pages(data, bytes);
  memory.data_ = static_cast<std::byte*>(data);
  memory.bytes_ = bytes;
  return memory;
}

std::byte* PageMemory::take(uint64_t bytes) {
  std::byte* piece = data_ + taken_;
  taken_ += piece_bytes(bytes);
  return piece;
}

void PageMemory::make_read_only() {
  mprotect(data_, bytes_, PROT_READ);
}

void PageMemory::make_writable() {
  mprotect(data_, bytes_, PROT_READ | PROT_WRITE);
}

void copy_past_caches(std::byte* to, const std::byte* from, uint64_t bytes) {
#if defined(__x86_64__)
  constexpr uint64_t line = 64;
  const uint64_t before = std::min(bytes, (line - reinterpret_cast<uintptr_t>(to) % line) % line);
  std::memcpy(to, from, before);
  uint64_t at = before;
  for (; at + line <= bytes; at += line) {
    for (uint64_t part = 0; part < line; part += sizeof(__m128i)) {
      const __m128i value = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at + part));
      _mm_stream_si128(reinterpret_cast<__m128i*>(to + at + part), value);
    }
  }
  std::memcpy(to + at, from + at, bytes - at);
  _mm_sfence();
#else
  std::memcpy(to, from, bytes);
#if defined(__aarch64__)
  constexpr uint64_t least_line =
      16;  // the architecture's smallest (CTR_EL0.DminLine counts words of 4 bytes)
  uint64_t type = 0;
  asm("mrs %0, ctr_el0" : "=r"(type));
  const uint64_t line = std::max(least_line, uint64_t{4} << (type >> 16 & 15));
  for (uint64_t at = reinterpret_cast<uintptr_t>(to) / line * line;
       at < reinterpret_cast<uintptr_t>(to) + bytes; at += line)
    asm volatile("dc civac, %0" : : "r"(at) : "memory");
  asm volatile("dsb ish" : : : "memory");
#endif
#endif
}

void advise_huge_pages(void* memory, size_t bytes) {
  madvise(memory, bytes, MADV_HUGEPAGE);
}

}  // namespace weighin
