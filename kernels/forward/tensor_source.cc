#include "kernels/forward/tensor_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "kernels/formats/codec.h"
#include "kernels/system/mapped_file.h"
#include "models/source/location.h"
#include "models/synthetic/random_blocks.h"

namespace weighin {
namespace {

/// Random blocks repeat after this many bytes: more than a level-2 cache holds, so that no two rows that a
/// core has in its cache are equal.
constexpr uint64_t tile_bytes = uint64_t{2} << 20;
/// A number of blocks that is whole units of every packing.
constexpr uint64_t unit_blocks = 64;

struct Tiles {
  Random random;
  std::map<std::pair<FormatId, uint64_t>, std::vector<std::byte>> tiles;  // by format and length of a row
  std::map<float, std::vector<float>> constants;
};

std::vector<std::byte> random_tile(FormatId format, uint64_t cols, Random& random) {
  const uint64_t unit = unit_blocks * format_of(format).block_bytes;
  std::vector<std::byte> tile(tile_bytes / unit * unit);
  if (format_of(format).gguf_type == no_gguf) {  // models/synthetic knows the formats of GGUF alone
    codec_of(format).fill(tile.data(), tile.size() / format_of(format).block_bytes, Data::ordinary, random);
  } else {
    fill_random_blocks(format, 1 / std::sqrt(static_cast<double>(cols)), random, tile);
  }
  return tile;
}

/// A GGUF file that is mapped for reading, with its tensors by name.
struct MappedGguf {
  MappedFile file;
  std::map<std::string, GgufTensor, std::less<>> tensors;
};

}  // namespace

TensorSource synthetic_tensors(uint64_t seed) {
  auto made = std::make_shared<Tiles>();
  made->random.seed(seed);
  return
      [made](const Tensor& tensor, FormatId format) -> tl::expected<std::span<const std::byte>, std::string> {
        if (kept_in_f32(tensor.role)) {
          std::vector<float>& values = made->constants[tensor.role == TensorRole::bias ? 0.0F : 1.0F];
          const float value = tensor.role == TensorRole::bias ? 0 : 1;
          if (values.size() < stored_values(tensor)) values.assign(stored_values(tensor), value);
          return std::as_bytes(std::span<const float>(values));
        }
        std::vector<std::byte>& tile = made->tiles[{format, tensor.cols}];
        if (tile.empty()) tile = random_tile(format, tensor.cols, made->random);
        return std::span<const std::byte>(tile);
      };
}

tl::expected<TensorSource, std::string> gguf_tensors(const std::string& path, const Gguf& file) {
  if (const GgufValue* parts = file.find("split.count"); parts && parts->number > 1)
    return tl::unexpected(
        fmt::format("{} is one of {} parts: join them (llama-gguf-split --merge) to compute with them.", path,
                    parts->number));
  auto mapped = MappedFile::open(path);
  if (!mapped) return tl::unexpected(mapped.error());
  const auto mapping = std::make_shared<MappedGguf>(MappedGguf{std::move(*mapped), {}});
  const std::span<const std::byte> bytes = mapping->file.bytes();
  for (const GgufTensor& tensor : file.tensors) {
    if (tensor.offset > bytes.size() || tensor.bytes > bytes.size() - tensor.offset)
      return tl::unexpected(
          fmt::format("{} ends before its tensor \"{}\": it changed, or its download is "
                      "incomplete",
                      path, plain_text(tensor.name)));
    mapping->tensors[plain_text(tensor.name)] = tensor;
  }
  return [mapping, path](const Tensor& tensor,
                         FormatId format) -> tl::expected<std::span<const std::byte>, std::string> {
    const auto found = mapping->tensors.find(tensor.name);
    if (found == mapping->tensors.end())
      return tl::unexpected(fmt::format("{} has no tensor \"{}\"", path, tensor.name));
    if (found->second.format != format)
      return tl::unexpected(fmt::format("{}: tensor \"{}\" is in {}, where {} is needed", path, tensor.name,
                                        format_of(found->second.format).name, format_of(format).name));
    return mapping->file.bytes().subspan(found->second.offset, found->second.bytes);
  };
}

}  // namespace weighin
