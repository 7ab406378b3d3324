// Floats as halves times a power of two.

/// The least half that is not a denormal. GPUs may take denormals as zeros, so all of them become zeros here.
const float LEAST_HALF = 6.103515625e-5;  // 2^-14

/// Two halves in a word.
uvec2 halves_of(vec4 v) {
  v = mix(v, vec4(0), lessThan(abs(v), vec4(LEAST_HALF)));
  return uvec2(packHalf2x16(v.xy), packHalf2x16(v.zw));
}

/// The exponent p of the least 2^p above `largest`, such that neither 2^p nor its inverse is a denormal.
int power_above(float largest) {
  int power = 0;
  if (largest > 0) frexp(largest, power);
  return clamp(power, -120, 120);
}
