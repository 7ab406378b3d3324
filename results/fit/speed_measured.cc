#include "results/fit/speed_measured.h"

#include "results/measured/placed_step.h"

namespace weighin {

bool measured_knows(const DeviceProfile& device) {
  return device.any_measured();
}

bool measured_knows_gpu(const DeviceProfile& device, std::string_view id) {
  const CostModel* costs = device.measured->costs.gpu(id);
  return costs && !costs->thread_counts().empty();
}

Prediction predict_measured(const DeviceProfile& device, const Request& request, const FormatRequest& format,
                            const Placement& placement) {
  const PredictedRun model{.shape = *request.shape,
                           .format = *format.format,
                           .prompt = format.needs.prompt,
                           .depth = format.needs.depth,
                           .weights_bytes = format.needs.memory.weights_bytes,
                           .cache = request.question.cache};
  return predict_placed(model, device.measured->costs, {.engine = request.question.engine}, placement);
}

}  // namespace weighin
