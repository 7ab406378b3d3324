// y = exp(a - largest) / sum. A workgroup computes a row.
void main() {
  const uint row = group_index();
  if (row >= rows) return;
  float most = a[row * k];
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x) most = max(most, a[row * k + i]);
  most = largest_of_all(most);
  float sum = 0;
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x) sum += exp(a[row * k + i] - most);
  const float scale = 1 / add_all(sum);
  for (uint i = gl_LocalInvocationID.x; i < k; i += gl_WorkGroupSize.x)
    y[row * k + i] = exp(a[row * k + i] - most) * scale;
}
