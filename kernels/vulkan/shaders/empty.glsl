// Nothing: what giving a GPU an operation costs by itself.
layout(local_size_x = 1) in;

void main() {}
