// The first answer: one line a size class, and what a person can do next.
#include "results/fit/summary.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/names/catalogue.h"
#include "models/names/licence.h"
#include "models/shape/size_class.h"
#include "results/fit/weigh.h"
#include "tests/results/measured/gpu_rows.h"

namespace weighin {
namespace {

using namespace made_gpu;

/// Every published model on a card of the catalogue.
std::vector<Verdict> all_on_a_card() {
  const auto named = find_device("RTX 3060 (12GB)");
  EXPECT_TRUE(named);
  const DeviceProfile device = published_profile({*named, RunsAs::native});
  std::vector<Verdict> verdicts;
  for (const ModelShape& shape : all_models())
    if (!shape.made) verdicts.push_back(weigh_model(shape, {}, device));
  return verdicts;
}

TEST(Summary, HasOneModelAClassAndNoneThatIsBetterToTry) {
  const std::vector<Verdict> verdicts = all_on_a_card();
  const auto best = best_of_each_class(verdicts, Task::chat);
  ASSERT_GT(best.size(), 8u);
  uint64_t previous = 0;
  for (const Verdict* chosen : best) {
    const uint64_t nominal = find_size_class(chosen->needs.size_class)->nominal_params;
    EXPECT_GT(nominal, previous);
    previous = nominal;
    const ModelShape* model = find_model(chosen->needs.model);
    ASSERT_TRUE(model);
    for (const Verdict& other : verdicts) {
      if (other.needs.task != Task::chat || other.needs.size_class != chosen->needs.size_class) continue;
      EXPECT_LE(chosen->judgement.answer, other.judgement.answer) << other.needs.model;
      if (chosen->judgement.answer != other.judgement.answer) continue;
      const ModelShape* beside = find_model(other.needs.model);
      EXPECT_GE(is_permissive(model->licence), is_permissive(beside->licence)) << beside->name;
      if (is_permissive(model->licence) == is_permissive(beside->licence)) {
        EXPECT_GE(model->released, beside->released) << beside->name;
      }
    }
  }
}

TEST(Summary, FitsOnAScreenAndNamesWhatBindsAndWhatWouldHelp) {
  const std::vector<Verdict> verdicts = all_on_a_card();
  const std::string text =
      summary_text(verdicts, published_profile({*find_device("RTX 3060 (12GB)"), RunsAs::native}).capacity,
                   {}, "made", 100);
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 45) << text;
  for (const char* words : {"Runs well up to the", "What binds: the", "What would help: ", "weighin fit ",
                            "weighin shrink ", "weighin fit --all", "ENCODER"})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
}

TEST(Summary, SaysThatSpeedIsNotKnownWhereItIsNot) {
  std::vector<Verdict> verdicts;
  const DeviceProfile device = measured_profile(machine({}), {});
  for (const char* name : {"gemma-2b", "llama-3.1-8b"})
    verdicts.push_back(weigh_model(model(name), {}, device));
  EXPECT_EQ(verdicts.front().fits, true);
  EXPECT_EQ(verdicts.front().judgement.answer, Answer::unknown);
  const std::string text = summary_text(verdicts, device.capacity, {}, "", 100);
  EXPECT_NE(text.find("weighin run"), std::string::npos) << text;
}

TEST(BestFormat, OfAnEncoderIsOneThatItsUsersGet) {
  // Measured so that fewer bits are faster.
  const ModelShape& encoder = model("bge-large-en-v1.5");
  std::vector<Measurement> rows;
  for (const FileFormat& format : kernel_file_formats()) {
    const ModelShape& shape = encoder;
    for (const ProblemUse& use : prefill_step(shape, format, 384))
      rows.push_back(measured(use.problem, Speed{0, 1e9, 1e10}.of(use.problem)));
  }
  const Verdict v = weigh_model(encoder, {}, measured_profile(machine({}), rows));
  EXPECT_GE(v.needs.bits_per_weight, 8) << v.needs.format;
  Question any;
  any.allow_low_bit = true;
  EXPECT_LT(weigh_model(encoder, any, measured_profile(machine({}), rows)).needs.bits_per_weight, 8);
}

TEST(Speech, IsJudgedInSecondsOfAudio) {
  const ModelShape& whisper = model("whisper-small");
  std::vector<Measurement> rows;
  add(rows, whisper, FileFormatId::q8_0, cpu_speed);
  Question question = asked(PlaceAsked::cpu, FileFormatId::q8_0);
  const DeviceProfile device = measured_profile(machine({}), rows);
  const Verdict v = weigh_model(whisper, question, device);
  ASSERT_TRUE(v.prediction.audio_s_per_s) << v.prediction.basis;
  EXPECT_FALSE(v.prediction.encode_ms);
  EXPECT_LT(v.prediction.audio_s_per_s->low, v.prediction.audio_s_per_s->mid);
  // Twice as slow a machine hears half as much.
  std::vector<Measurement> slower = rows;
  for (Measurement& m : slower) m.seconds *= 2;
  const Verdict half = weigh_model(whisper, question, measured_profile(machine({}), slower));
  EXPECT_NEAR(half.prediction.audio_s_per_s->mid, v.prediction.audio_s_per_s->mid / 2,
              0.02 * v.prediction.audio_s_per_s->mid);
  EXPECT_NE(v.limit.text.find(v.judgement.answer == Answer::runs_well ? "GiB" : "s of audio/s"),
            std::string::npos)
      << v.limit.text;
}

}  // namespace
}  // namespace weighin
