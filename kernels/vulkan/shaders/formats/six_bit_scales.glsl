// The scales and mins of q4_K and q5_K: a plane of d, dmin [2 f16] and eight of each in 6 bits [12 bytes]
// (kernels/formats/six_bit_scales.h says how they lie).
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
