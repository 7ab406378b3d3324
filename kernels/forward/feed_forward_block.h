// The feed-forward block: the products gate and up, the activation function, and the product down.
#pragma once

#include "kernels/forward/pass_thread.h"

namespace weighin {

/// What `thread` does of the feed-forward block of `layer`, from the residual stream to the residual stream.
/// The threads meet twice.
void feed_forward_block(const PassThread& thread, uint32_t layer);

}  // namespace weighin
