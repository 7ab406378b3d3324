// kvalues_iq4nl of ggml-common.h as bytes of words (kernels/formats/codebook.h has them as numbers).
const uint TABLE[4] = uint[4](0xbfad9881u, 0xf6eaddcfu, 0x26190d01u, 0x71594535u);
