// Memory of operands that are not weights: activations, results and what kernels keep between their parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weighin {

/// `bytes` on a 64-byte line, as engines align tensors (a vector of 16 floats on two lines costs two reads).
/// From 1 MiB on, huge pages are asked for, as for the weights, and the memory is kept when it is given back:
/// fresh pages cost more than many a kernel, and small ones misses in the address translation. Throws
/// std::bad_alloc, as the standard's containers expect.
void* take_operand_memory(size_t bytes);
void give_operand_memory(void* memory, size_t bytes);

/// The most that is kept for the next problem; what is over is given back to the system. 512 MiB until set.
void keep_operand_memory(uint64_t bytes);

template <typename T>
struct OperandMemory {
  using value_type = T;
  OperandMemory() = default;
  template <typename U>
  explicit OperandMemory(const OperandMemory<U>&) {}
  T* allocate(size_t count) { return static_cast<T*>(take_operand_memory(count * sizeof(T))); }
  void deallocate(T* memory, size_t count) { give_operand_memory(memory, count * sizeof(T)); }
  bool operator==(const OperandMemory&) const = default;
};

template <typename T>
using Operands = std::vector<T, OperandMemory<T>>;
using Floats = Operands<float>;

}  // namespace weighin
