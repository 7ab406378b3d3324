// Products of pairs of halves. Quantized weights come without their scales, so that they are exact. Activations are
// scaled to at most 2^-4 (quantize.glsl), so that sums of 16 products stay within the range of a half. Then come the
// scales of both sides.
#define QUARTER f16vec4
#define PART f16vec2
const PART NOTHING = f16vec2(0);

f16vec4 halves_of(uvec2 words) { return f16vec4(unpackFloat2x16(words.x), unpackFloat2x16(words.y)); }

#ifdef HALVES
void read_weights(uint block, uint unit, out f16vec4 a[4], out f16vec4 b[4], out vec2 scale_a, out vec2 scale_b) {
  scale_a = scale_b = vec2(1, 0);
  uvec4 low, high;
  read_halves(block, 0, low, high);
  a = f16vec4[4](halves_of(low.xy), halves_of(low.zw), halves_of(high.xy), halves_of(high.zw));
  read_halves(block, 1, low, high);
  b = f16vec4[4](halves_of(low.xy), halves_of(low.zw), halves_of(high.xy), halves_of(high.zw));
}
#else
void read_weights(uint block, uint unit, out f16vec4 a[4], out f16vec4 b[4], out vec2 scale_a, out vec2 scale_b) {
  uvec4 bytes_a, bytes_b;
  vec2 scale, offset;
  read_unit(block, unit, bytes_a, bytes_b, scale, offset);
  for (uint i = 0; i < 4; ++i) {
    a[i] = f16vec4(signed_bytes(bytes_a[i]));
    b[i] = f16vec4(signed_bytes(bytes_b[i]));
  }
  scale_a = vec2(scale.x, offset.x);
  scale_b = vec2(scale.y, offset.y);
}
#endif

void read_activations(uint run, out f16vec4 q[4], out vec2 scale) {
  const uvec4 low = x4[2 * run], high = x4[2 * run + 1];
  q = f16vec4[4](halves_of(low.xy), halves_of(low.zw), halves_of(high.xy), halves_of(high.zw));
  scale = x_scales[run];
}

void multiply(inout PART part, f16vec4 a, f16vec4 b) {
  part = fma(a.xy, b.xy, part);
  part = fma(a.zw, b.zw, part);
}

float finish(PART part, vec2 weights, vec2 activations) {
  float sum = activations.x * (weights.x * (float(part.x) + float(part.y)));
#ifdef HAS_OFFSET
  sum += weights.y * activations.y;
#endif
  return sum;
}
