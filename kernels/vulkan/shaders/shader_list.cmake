# Every shader that is compiled, by what it is made of: an operation's source, and where it is a matrix product each
# tensor format's and each arithmetic's. A name is OPERATION[.FORMAT][.ARITHMETIC].
set(quantized_formats q8_0 int8_channel q6_K q5_K q5_0 q4_1 q4_K q4_0 iq4_nl iq4_xs int4_g128 mxfp4 q3_K q2_K tq2_0)
set(float_formats f32 f16 bf16)

weighin_products(gemv FORMATS ${quantized_formats} ${float_formats} ARITHMETIC float32)
weighin_products(gemv FORMATS ${quantized_formats} ARITHMETIC int8)
weighin_products(gemm FORMATS ${quantized_formats} ${float_formats} ARITHMETIC float32)
weighin_products(gemm FORMATS ${quantized_formats} ARITHMETIC int8)
weighin_products(gemm FORMATS ${quantized_formats} f16 ARITHMETIC float16)
weighin_shader(quantize.int8 ROUND_INT8 quantize.glsl)
weighin_shader(quantize.float16 quantize.glsl)
