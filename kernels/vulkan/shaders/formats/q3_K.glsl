// q3_K: planes of pairs [64 bytes], of high bits [32 bytes; bit g of byte l belongs to value 32 g + l], and of scales
// and d [16 bytes]. A value is d * (scale - 32) * (q - 4).
#define HAS_OFFSET
#include "formats/pairs.glsl"

/// Bits 0-3 of the scale are nibble run / 8 of byte run % 8; bits 4-5 are pair run / 4 of byte 8 + run % 4.
float step_of(uvec4 header, uint run) {
  const uint low = header[run % 8 / 4] >> 8 * (run % 4) + 4 * (run / 8) & 15u;
  const uint high = header.z >> 8 * (run % 4) + 2 * (run / 4) & 3u;
  return float(int(low | high << 4) - 32);
}

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_pairs(block, unit, a, b);
  const uvec3 at = place_of(unit);
  const uvec4 high = w4[plane(1) / 4 + 2 * block + at.y] >> 4 * at.x + at.z;
  a |= (high & 0x01010101u) << 2;
  b |= (high >> 1 & 0x01010101u) << 2;
  const uvec4 header = w4[plane(2) / 4 + block];
  const uvec2 runs = runs_of(unit);
  scale = unpackHalf2x16(header.w).x * vec2(step_of(header, runs.x), step_of(header, runs.y));
  offset = -4 * scale;
}
