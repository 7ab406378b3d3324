// Does nothing: its time is what giving an operation to a GPU costs by itself.
layout(local_size_x = 1) in;

void main() {}
