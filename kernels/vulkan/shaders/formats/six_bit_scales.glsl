// The scales and mins of q4_K and q5_K: a plane of d and dmin [2 f16] and of eight scales and eight mins of 6 bits [12
// bytes]. kernels/formats/six_bit_scales.h says how they lie.
vec2 scale_and_min(uvec4 header, uint group) {
  const vec2 d = unpackHalf2x16(header.x);
  const uint at = 8 * (group % 4);
  uint scale = header.y >> at, least = header.z >> at;
  if (group < 4) {
    scale &= 63u;
    least &= 63u;
  } else {
    const uint low = header.w >> at;
    const uint high_of_scale = scale >> 6 & 3u, high_of_least = least >> 6 & 3u;
    scale = (low & 15u) | high_of_scale << 4;
    least = (low >> 4 & 15u) | high_of_least << 4;
  }
  return vec2(d.x * float(scale), -d.y * float(least));
}

/// Nibbles lie alike in both formats: a unit is 16 values of a group of 32, and 16 of the next group.
const uint BLOCK_VALUES = 256;

uvec2 runs_of(uint unit) { return 4 * (unit / 2) + unit % 2 + uvec2(0, 2); }

void scales_and_offsets(uvec4 header, uint group, out vec2 scale, out vec2 offset) {
  const vec2 of_a = scale_and_min(header, group), of_b = scale_and_min(header, group + 1);
  scale = vec2(of_a.x, of_b.x);
  offset = vec2(of_a.y, of_b.y);
}
