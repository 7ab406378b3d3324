// y = a / sqrt(mean of a^2 + epsilon) * b. A workgroup computes a row.
void main() {
  const uint row = group_index();
  if (row >= rows) return;
  float squares = 0;
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x) squares += a[row * k + i] * a[row * k + i];
  const float scale = inversesqrt(add_all(squares) / float(k) + epsilon);
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x) y[row * k + i] = a[row * k + i] * scale * b[i];
}
