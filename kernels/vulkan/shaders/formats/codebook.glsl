// Formats of 4-bit indices into a TABLE of 16 bytes. A pair of indices, in the low and the high nibble, is looked up at
// once in a table of 256 pairs, which every workgroup makes.
shared uint pairs[256];

#define PREPARES
void prepare_format() {
  for (uint i = gl_LocalInvocationID.x; i < 256; i += gl_WorkGroupSize.x) {
    const uint low = i & 15u, high = i >> 4;
    pairs[i] = (TABLE[low / 4] >> 8 * (low % 4) & 255u) | (TABLE[high / 4] >> 8 * (high % 4) & 255u) << 8;
  }
  barrier();
}

/// The bytes that 4 bytes of index pairs stand for: those of the low nibbles, and those of the high ones.
void look_up(uint bytes, out uint low, out uint high) {
  low = high = 0;
  for (uint i = 0; i < 4; ++i) {
    const uint both = pairs[bytes >> 8 * i & 255u];
    low |= (both & 255u) << 8 * i;
    high |= both >> 8 << 8 * i;
  }
}

void look_up(uvec4 bytes, out uvec4 low, out uvec4 high) {
  look_up(bytes.x, low.x, high.x);
  look_up(bytes.y, low.y, high.y);
  look_up(bytes.z, low.z, high.z);
  look_up(bytes.w, low.w, high.w);
}
