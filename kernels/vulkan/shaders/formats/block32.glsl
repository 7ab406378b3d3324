// Blocks of 32 values. A block is one unit, whose two runs follow each other.
const uint BLOCK_VALUES = 32;

uvec2 runs_of(uint unit) { return uvec2(0, 1); }
