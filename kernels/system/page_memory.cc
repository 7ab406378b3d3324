#include "kernels/system/page_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <utility>

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

void advise_huge_pages(void* memory, size_t bytes) {
  madvise(memory, bytes, MADV_HUGEPAGE);
}

}  // namespace weighin
