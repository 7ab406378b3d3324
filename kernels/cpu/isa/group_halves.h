// The words for groups of 32 bytes that are done half by half, for sets whose registers have 16 bytes.
// Included after the set's words for `LaneBytes`, which is such a half.

WEIGHIN_WORD GroupBytes part(GroupBytes b, int right, int mask) {
  return {part(b.low, right, mask), part(b.high, right, mask)};
}
WEIGHIN_WORD GroupBytes add_part(GroupBytes low, GroupBytes b, int right, int mask) {
  return {add_part(low.low, b.low, right, mask), add_part(low.high, b.high, right, mask)};
}
WEIGHIN_WORD GroupBytes look_up(const uint8_t* table, GroupBytes indices) {
  return {look_up(table, indices.low), look_up(table, indices.high)};
}
WEIGHIN_WORD GroupBytes widen(GroupBytes b) {
  return b;
}
