// y = silu(a) * b, value by value.
void main() {
  const uint i = group_index() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= rows * k) return;
  y[i] = a[i] / (1 + exp(-a[i])) * b[i];
}
