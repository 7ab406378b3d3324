// y = a (1 + tanh(sqrt(2 / pi) (a + 0.044715 a^3))) / 2, value by value. It is computed as a / (1 + exp(-2 u)), since
// in tanh(u) exponentials may become infinite.
void main() {
  const uint i = group_index() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= rows * k) return;
  const float u = 0.79788456 * (a[i] + 0.044715 * a[i] * a[i] * a[i]);
  y[i] = a[i] / (1 + exp(-2 * u));
}
