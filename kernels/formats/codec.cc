#include "kernels/formats/codec.h"

namespace weighin {

const FormatCodec& codec_of(FormatId format) {
  switch (format) {
#define FORMAT(name, gguf_type, block_values, block_bytes) \
  case FormatId::name:                                     \
    return name##_codec;
#include "models/format/formats.inc"
#undef FORMAT
    default:  // formats without kernels have no codec
      break;
  }
  return f32_codec;
}

}  // namespace weighin
