// What the shaders of matrix products share: their operands, and where the planes of the weights begin (planes.h).
layout(binding = 0, std430) readonly buffer Words { uint w[]; };
layout(binding = 0, std430) readonly buffer Quads { uvec4 w4[]; };
layout(binding = 1, std430) readonly buffer Activations { uvec4 x4[]; };       // [n][k], rounded by quantize
layout(binding = 2, std430) readonly buffer Scales { vec2 x_scales[]; };       // [n][k / 16]: scale, scale * sum
layout(binding = 3, std430) writeonly buffer Results { float y[]; };           // [n][m]
layout(binding = 4, std430) readonly buffer RowScales { float row_scales[]; };  // [m]

layout(push_constant, std430) uniform Arguments {
  uvec4 planes;      // where each begins, in words
  uint first_block;  // of the matrix in the buffer
  uint m, n;
  uint blocks;  // of a row
};

uint plane(uint i) { return planes[i]; }

/// The f16 number `index` of a plane of f16.
float half_in(uint plane_words, uint index) {
  return unpackHalf2x16(w[plane_words + index / 2] >> 16 * (index % 2)).x;
}

/// The four signed bytes of a word.
ivec4 signed_bytes(uint bytes) { return ivec4(int(bytes)) << ivec4(24, 16, 8, 0) >> 24; }

/// The low and the high nibbles of 16 bytes, as bytes.
void read_nibbles(uint quad, out uvec4 low, out uvec4 high) {
  const uvec4 v = w4[quad];
  low = v & 0x0f0f0f0fu;
  high = v >> 4 & 0x0f0f0f0fu;
}
