// Formats of two bits a value, with 256 values in 64 bytes. In each half of 32 bytes, pair j of the bytes holds the
// values from 32 j on.
const uint BLOCK_VALUES = 256;

/// Reads 16 of the 32 bytes of half n, and the first of two pairs.
uvec3 place_of(uint unit) { return uvec3(unit / 4, unit % 2, unit % 4 / 2 * 2); }

uvec2 runs_of(uint unit) {
  const uvec3 at = place_of(unit);
  return 8 * at.x + at.y + 2 * at.z + uvec2(0, 2);
}

void read_pairs(uint block, uint unit, out uvec4 a, out uvec4 b) {
  const uvec3 at = place_of(unit);
  const uvec4 v = w4[plane(0) / 4 + 4 * block + 2 * at.x + at.y] >> 2 * at.z;
  a = v & 0x03030303u;
  b = v >> 2 & 0x03030303u;
}
