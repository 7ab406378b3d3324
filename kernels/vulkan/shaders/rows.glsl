// The operands of the small operations: the rows [rows][k] of a, the second and third operands b and c, and the
// results.
layout(local_size_x_id = 0) in;

layout(binding = 0, std430) readonly buffer A { float a[]; };
layout(binding = 1, std430) readonly buffer B { float b[]; };
layout(binding = 2, std430) readonly buffer C { float c[]; };
layout(binding = 3, std430) writeonly buffer Y { float y[]; };
layout(push_constant, std430) uniform Arguments {
  uint rows, k;
  uint heads;  // rope: rows of a token
  float epsilon;
};

uint group_index() { return gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x; }
