// The steps of a speech model (Whisper): its encoder hears a window of audio, its decoder writes what was
// said.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/problem/steps.h"
#include "models/shape/shape.h"

namespace weighin {

/// Whether `shape` turns speech into text.
bool is_speech(const ModelShape& shape);

/// Seconds of audio in one window: a position of the encoder is 20 ms (two frames of 10 ms, arXiv 2212.04356,
/// section 2.2).
double window_s(const ModelShape& shape);

/// Tokens that the decoder writes for one window: 150 spoken words a minute (the usual rate of English,
/// National Center for Voice and Speech), four tokens for three words (OpenAI's rule of thumb for its
/// tokenizers).
uint32_t window_tokens(const ModelShape& shape);

/// The encoder over one window, with the keys and values that the decoder's cross attention reads.
std::vector<ProblemUse> hear_step(const ModelShape& shape, const FileFormat& format);

/// All tokens of one window, written one after the other: attention over half of them and over the whole
/// window.
std::vector<ProblemUse> write_step(const ModelShape& shape, const FileFormat& format,
                                   FormatId cache = FormatId::f16);

}  // namespace weighin
