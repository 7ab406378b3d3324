// Rotates value i of the first half of a head with value i of the second, by a token's cosines b and sines c [k / 2]. A
// thread computes a pair.
void main() {
  const uint i = group_index() * gl_WorkGroupSize.x + gl_LocalInvocationID.x, pairs = k / 2;
  if (i >= rows * pairs) return;
  const uint row = i / pairs, pair = i % pairs, angle = row / heads * pairs + pair;
  const float first = a[row * k + pair], second = a[row * k + pairs + pair];
  y[row * k + pair] = first * b[angle] - second * c[angle];
  y[row * k + pairs + pair] = first * c[angle] + second * b[angle];
}
