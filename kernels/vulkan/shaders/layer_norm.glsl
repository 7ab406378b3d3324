// y = (a - mean) / sqrt(variance + epsilon) * b + c. A workgroup computes a row.
void main() {
  const uint row = group_index();
  if (row >= rows) return;
  float sum = 0;
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x) sum += a[row * k + i];
  const float mean = add_all(sum) / float(k);
  float squares = 0;
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x) {
    const float away = a[row * k + i] - mean;
    squares += away * away;
  }
  const float scale = inversesqrt(add_all(squares) / float(k) + epsilon);
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x)
    y[row * k + i] = (a[row * k + i] - mean) * scale * b[i] + c[i];
}
