// The attention block: queries, keys and values, the cache, attention over it, and the output's product.
#pragma once

#include "kernels/forward/pass_thread.h"

namespace weighin {

/// What `thread` does of the attention block of `layer`, from the residual stream to the residual stream. The
/// threads meet three times, and twice more where a token's context is split among them.
void attention_block(const PassThread& thread, uint32_t layer);

}  // namespace weighin
