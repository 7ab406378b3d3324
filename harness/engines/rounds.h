// An engine and the reference kernels in turn, a few times: whatever the machine does from minute to minute
// meets both.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/verify.h"
#include "kernels/problem/steps.h"
#include "results/records/measurement.h"

namespace weighin {

struct Rounds {
  EngineReport report;                // of the first round; peak memory the largest of all
  std::string isa;                    // of the reference kernels beside it
  std::vector<VerifiedPhase> phases;  // each the middle round's, with the samples of all
};

/// What was measured and verified on a device before.
struct KnownOfDevice {
  std::vector<Measurement> measurements;
  std::vector<Verification> verified;
  std::vector<Measurement> of_engines;  // of engines' own kernels
};
tl::expected<KnownOfDevice, std::string> known_of(const std::string& database, const std::string& device);

/// The phases that the settings ask for, and the step that each repeats: decode with the cache as it is in
/// the middle of the tokens.
std::vector<Phase> phases_of(const VerifySettings& settings);
std::vector<ProblemUse> step_of(Phase phase, const ModelShape& shape, const FileFormat& format,
                                const VerifySettings& settings);

/// Whether the machine has a GPU that an engine may use.
bool has_gpu(const Machine& machine);

/// Of one phase, the round whose engine took the middle share of the reference kernels' seconds (the middle
/// rate where those are not known), with every round's samples. `rounds` is not empty.
VerifiedPhase middle_round(std::vector<VerifiedPhase> rounds);

/// Runs the engine as `request` says and then measures the kernels, `settings.rounds` times; once, and beside
/// stored measurements, where none are to be measured. Error: the engine's, the store's, or a test that the
/// engine did not print.
tl::expected<Rounds, std::string> run_rounds(const Host& host, const Machine& machine,
                                             const ModelShape& shape, const FileFormat& format,
                                             const VerifySettings& settings, const EngineRequest& request);

}  // namespace weighin
