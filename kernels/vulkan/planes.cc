#include "kernels/vulkan/planes.h"

#include <algorithm>

namespace weighin {
namespace {

constexpr uint32_t float_block = 32, alignment = 256, word = 4;

struct Field {
  uint32_t first, bytes;
};

std::vector<Plane> with_strides(std::initializer_list<Field> fields) {
  std::vector<Plane> planes;
  for (const Field& f : fields)
    planes.push_back({f.first, f.bytes, f.bytes <= 2 ? f.bytes : (f.bytes + word - 1) / word * word});
  return planes;
}

}  // namespace

uint32_t gpu_block_values(FormatId format) {
  return std::max(format_of(format).block_values, float_block);
}

uint32_t gpu_block_bytes(FormatId format) {
  return static_cast<uint32_t>(row_bytes(format, gpu_block_values(format)));
}

std::vector<Plane> planes_of(FormatId format) {
#define UNBRACKET(...) __VA_ARGS__
#define PLANES(name, fields) \
  if (format == FormatId::name) return with_strides({UNBRACKET fields});
#include "kernels/vulkan/planes.inc"
#undef PLANES
#undef UNBRACKET
  return with_strides({{0, gpu_block_bytes(format)}});
}

std::vector<uint32_t> plane_words(std::span<const Plane> planes, uint64_t blocks) {
  std::vector<uint32_t> words{0};
  for (const Plane& plane : planes)
    words.push_back(words.back() + static_cast<uint32_t>((plane.stride * blocks + alignment - 1) / alignment *
                                                         (alignment / word)));
  return words;
}

std::vector<std::byte> plane_bytes(const Plane& plane, std::span<const std::byte> blocks,
                                   uint32_t block_bytes) {
  const size_t count = blocks.size() / block_bytes;
  std::vector<std::byte> bytes(count * plane.stride);
  for (size_t i = 0; i < count; ++i)
    std::copy_n(blocks.begin() + static_cast<ptrdiff_t>(i * block_bytes + plane.first), plane.bytes,
                bytes.begin() + static_cast<ptrdiff_t>(i * plane.stride));
  return bytes;
}

}  // namespace weighin
