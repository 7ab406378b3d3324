#include "kernels/packing.h"

#include "kernels/formats/codec.h"

namespace weighin {

void pack_unit(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit) {
  codec_of(format).pack(packing, blocks, unit);
}

}  // namespace weighin
