// q6_K: planes of low nibbles [128 bytes], high pairs [64 bytes], scales [16 int8], d [f16]. A value is d * scale * (q
// - 32). In each half of 128 values, the values l, l + 32, l + 64 and l + 96 are kept together.
#define HAS_OFFSET

const uint BLOCK_VALUES = 256;

uvec2 runs_of(uint unit) { return 8 * (unit / 4) + unit % 4 + uvec2(0, 4); }

float step_of(uint block, uint run) {
  return float(bitfieldExtract(int(w[plane(2) + 4 * block + run / 4]), int(8 * (run % 4)), 8));
}

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + 8 * block + unit, a, b);
  const uvec4 high = w4[plane(1) / 4 + 4 * block + 2 * (unit / 4) + unit % 2] >> 2 * (unit % 4 / 2);
  a |= (high & 0x03030303u) << 4;
  b |= (high >> 4 & 0x03030303u) << 4;
  const uvec2 runs = runs_of(unit);
  scale = half_in(plane(3), block) * vec2(step_of(block, runs.x), step_of(block, runs.y));
  offset = -32 * scale;
}
