// A KV cache of q8_0 in planes: int8 [32 bytes], scales [f16]. A quad is its four bytes and its scale.
layout(binding = 1, std430) readonly buffer Unused { uvec2 cache_quads[]; };
layout(binding = 2, std430) readonly buffer Words { uint cache_words[]; };

uvec2 words_of(uint row, uint quad) {
  const uint block = row * (QUADS / 8) + quad / 8;
  const uint scale = cache_words[scales_at + block / 2] >> 16 * (block % 2);
  return uvec2(cache_words[block * 8 + quad % 8], scale);
}

vec4 values_of(uvec2 words) {
  const ivec4 bytes = ivec4(int(words.x)) << ivec4(24, 16, 8, 0) >> 24;
  return unpackHalf2x16(words.y).x * vec4(bytes);
}
