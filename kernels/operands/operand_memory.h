// Memory of operands that are not weights: activations, results, and what kernels keep between their parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weighin {

/// `bytes` of memory on a 64-byte line, as engines align tensors (a vector of 16 floats that lies on two
/// lines costs two reads). From 1 MiB on the memory lies on huge pages where the system has them, as the
/// weights do, and is kept when it is given back: touching fresh pages takes longer than many kernels, and
/// small pages miss in the address translation. Throws std::bad_alloc, as the standard's containers expect.
void* take_operand_memory(size_t bytes);
void give_operand_memory(void* memory, size_t bytes);

/// Sets how many bytes are kept for the next problem; what exceeds it is given back to the system. 512 MiB
/// until it is set.
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
