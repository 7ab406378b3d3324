// Sums and maxima over a workgroup: within subgroups and then across them. A subgroup has at least 4 threads, and a
// workgroup at most 1024.
shared float partial[256];

float add_all(float value) {
  const float sum = subgroupAdd(value);
  if (subgroupElect()) partial[gl_SubgroupID] = sum;
  barrier();
  float all = 0;
  for (uint i = 0; i < gl_NumSubgroups; ++i) all += partial[i];
  barrier();
  return all;
}

float largest_of_all(float value) {
  const float most = subgroupMax(value);
  if (subgroupElect()) partial[gl_SubgroupID] = most;
  barrier();
  float all = partial[0];
  for (uint i = 1; i < gl_NumSubgroups; ++i) all = max(all, partial[i]);
  barrier();
  return all;
}
