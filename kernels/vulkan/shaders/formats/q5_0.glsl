// q5_0: planes of nibbles [16 bytes], fifth bits [4 bytes; bit i belongs to value i], d [f16]. A value is d * (q - 16).
#define HAS_OFFSET

#include "formats/block32.glsl"

/// Moves bit i of the lowest four to bit 4 of byte i.
uint fifth(uint bits) { return ((bits & 15u) * 0x00204081u & 0x01010101u) << 4; }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + block, a, b);
  const uint high = w[plane(1) + block];
  for (uint i = 0; i < 4; ++i) {
    a[i] |= fifth(high >> 4 * i);
    b[i] |= fifth(high >> 16 + 4 * i);
  }
  const float d = half_in(plane(2), block);
  scale = vec2(d);
  offset = vec2(-16 * d);
}
