// Products of floats. Weights are unpacked and multiplied by their scales.
#define QUARTER vec4
#define PART float
const PART NOTHING = 0;

/// Weights come in units of 32: two runs of 16 values, which may lie apart in the row.
void read_weights(uint block, uint unit, out vec4 a[4], out vec4 b[4], out vec2 scale_a, out vec2 scale_b) {
  scale_a = scale_b = vec2(1, 0);
#ifdef FLOATS
  read_run(block, 0, a);
  read_run(block, 1, b);
#else
  uvec4 bytes_a, bytes_b;
  vec2 scale, offset;
  read_unit(block, unit, bytes_a, bytes_b, scale, offset);
  for (uint i = 0; i < 4; ++i) {
    a[i] = vec4(signed_bytes(bytes_a[i])) * scale.x + offset.x;
    b[i] = vec4(signed_bytes(bytes_b[i])) * scale.y + offset.y;
  }
#endif
}

/// The 16 values of run `run` among all activations.
void read_activations(uint run, out vec4 q[4], out vec2 scale) {
  for (uint i = 0; i < 4; ++i) q[i] = uintBitsToFloat(x4[4 * run + i]);
  scale = vec2(1, 0);
}

void multiply(inout PART part, vec4 a, vec4 b) { part += dot(a, b); }

float finish(PART part, vec2 weights, vec2 activations) { return part; }
