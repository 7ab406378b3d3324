// Products of int8. Sums of 16 products are exact; then come the scales of both sides.
#define QUARTER uint
#define PART int
#define ROUNDED_WORDS 4  // of 16 values, four a word
const PART NOTHING = 0;

// OpSDot of SPV_KHR_integer_dot_product with packed bytes, for which this compiler has no function.
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)
int dot_of_bytes(uint a, uint b, spirv_literal int packed_4x8);

void read_weights(uint block, uint unit, out uint a[4], out uint b[4], out vec2 scale_a, out vec2 scale_b) {
  uvec4 bytes_a, bytes_b;
  vec2 scale, offset;
  read_unit(block, unit, bytes_a, bytes_b, scale, offset);
  a = uint[4](bytes_a.x, bytes_a.y, bytes_a.z, bytes_a.w);
  b = uint[4](bytes_b.x, bytes_b.y, bytes_b.z, bytes_b.w);
  scale_a = vec2(scale.x, offset.x);
  scale_b = vec2(scale.y, offset.y);
}

void read_activations(uint run, out uint q[4], out vec2 scale) {
  const uvec4 bytes = x4[run];
  q = uint[4](bytes.x, bytes.y, bytes.z, bytes.w);
  scale = x_scales[run];
}

void multiply(inout PART part, uint a, uint b) { part += dot_of_bytes(a, b, 0); }

float finish(PART part, vec2 weights, vec2 activations) {
  float sum = activations.x * (weights.x * float(part));
#ifdef HAS_OFFSET
  sum += weights.y * activations.y;
#endif
  return sum;
}
