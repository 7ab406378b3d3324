// A KV cache of halves: rows of whole quads of values, one after the other.
layout(binding = 1, std430) readonly buffer Pairs { uvec2 cache_quads[]; };
layout(binding = 2, std430) readonly buffer Unused { uint cache_words[]; };

uvec2 words_of(uint row, uint quad) { return cache_quads[row * QUADS + quad]; }

vec4 values_of(uvec2 words) { return vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y)); }
