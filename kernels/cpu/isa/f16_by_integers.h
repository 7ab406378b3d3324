// f16 to f32 by integer arithmetic, for sets without an instruction for it.

/// The low 16 bits of each lane as an f16, exactly. The exponent moves by 127 - 15, and once more where all
/// its bits are set. A subnormal gets the exponent of 2^-14 in front, and 2^-14 is subtracted.
WEIGHIN_WORD F32 widen_f16(I32 bits) {
  const I32 size = bits & 0x7fff, moved = size << 13, sign = (bits ^ size) << 16;
  const I32 bias = all_i32((127 - 15) << 23), least = all_i32((127 - 14) << 23);
  const I32 infinite = (size > 0x7bff) & bias;
  const I32 normal = moved + bias + infinite;
  const I32 subnormal = as_i32(as_f32(moved + least) - as_f32(least));
  return as_f32(sign | (size < 0x400 ? subnormal : normal));
}
