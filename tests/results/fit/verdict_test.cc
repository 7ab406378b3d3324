// The lines between verdicts stand where the table says, to the token.
#include "results/fit/judgement.h"

#include <gtest/gtest.h>

#include "results/fit/best_format.h"

namespace weighin {
namespace {

Interval exactly(double value) {
  return {value, value, value};
}

Prediction chat(double tps, double ttft_s) {
  Prediction p;
  p.decode_tps = exactly(tps);
  p.ttft_s = exactly(ttft_s);
  return p;
}

TEST(Verdicts, ChatLines) {
  EXPECT_EQ(judge_speed(Task::chat, chat(10, 2), {}).judgement.answer, Answer::runs_well);
  EXPECT_EQ(judge_speed(Task::chat, chat(9.99, 2), {}).judgement.answer, Answer::runs);
  EXPECT_EQ(judge_speed(Task::chat, chat(10, 2.01), {}).judgement.answer, Answer::runs);
  EXPECT_EQ(judge_speed(Task::chat, chat(5, 10), {}).judgement.answer, Answer::runs);
  EXPECT_EQ(judge_speed(Task::chat, chat(4.99, 1), {}).judgement.answer, Answer::slow);
  EXPECT_EQ(judge_speed(Task::chat, chat(50, 10.01), {}).judgement.answer, Answer::slow);
  EXPECT_EQ(judge_speed(Task::chat, Prediction{}, {}).judgement.answer, Answer::unknown);
}

TEST(Verdicts, EncoderLines) {
  const auto answer = [](double ms) {
    Prediction p;
    p.encode_ms = exactly(ms);
    return judge_speed(Task::encode, p, {}).judgement.answer;
  };
  EXPECT_EQ(answer(130), Answer::runs_well);
  EXPECT_EQ(answer(131), Answer::runs);
  EXPECT_EQ(answer(1000), Answer::runs);
  EXPECT_EQ(answer(1001), Answer::slow);
}

TEST(BestFormat, OfFewerThanFourBitsIsChosenOnlyWhereAsked) {
  EXPECT_TRUE(may_be_chosen(Task::chat, 4.25, false));
  EXPECT_FALSE(may_be_chosen(Task::chat, 3.44, false));
  EXPECT_FALSE(may_be_chosen(Task::chat, 2.63, false));
  EXPECT_TRUE(may_be_chosen(Task::chat, 2.63, true));
  EXPECT_FALSE(may_be_chosen(Task::encode, 4.5, false));
  EXPECT_TRUE(may_be_chosen(Task::encode, 8.5, false));
}

TEST(Verdicts, AnIntervalAcrossALineIsBorderline) {
  Prediction p = chat(11, 1);
  EXPECT_FALSE(judge_speed(Task::chat, p, {}).judgement.borderline);
  p.decode_tps = {9.5, 11, 13};
  EXPECT_TRUE(judge_speed(Task::chat, p, {}).judgement.borderline);
  p.decode_tps = {10.5, 11, 13};
  EXPECT_FALSE(judge_speed(Task::chat, p, {}).judgement.borderline);
}

TEST(Verdicts, MinTpsReplacesBothLines) {
  EXPECT_EQ(judge_speed(Task::chat, chat(3, 1), 3).judgement.answer, Answer::runs_well);
  EXPECT_EQ(judge_speed(Task::chat, chat(19, 1), 20).judgement.answer, Answer::slow);
}

TEST(Verdicts, NameTheLineThatWasMissed) {
  EXPECT_EQ(judge_speed(Task::chat, chat(3.1, 1), {}).limit.text,
            "needs 5.0 tokens/s, 3.1 tokens/s predicted: speed");
  EXPECT_EQ(judge_speed(Task::chat, chat(30, 10.04), {}).limit.text,
            "needs the first token within 10.00 s, 10.04 s predicted: speed");
  Prediction encoder;
  encoder.encode_ms = exactly(480);
  EXPECT_EQ(judge_speed(Task::encode, encoder, {}).limit.text,
            "needs a text within 130 ms, 480 ms predicted: speed");
  EXPECT_EQ(judge_speed(Task::chat, chat(30, 21), {}).limit.text,
            "needs the first token within 10 s, 21 s predicted: speed");
}

TEST(Verdicts, RulesNameTheirSources) {
  for (const char* word : {"MLPerf", "130 ms", "200 ms", "borderline", "--min-tps"})
    EXPECT_NE(verdict_rules().find(word), std::string::npos) << word;
}

Verdict option(FileFormatId format, Answer answer, double tps, uint64_t bytes, bool fits = true) {
  Verdict v;
  v.needs.format = file_format_of(format).name;
  v.needs.bits_per_weight = format_of(file_format_of(format).base).bits_per_weight();
  v.judgement.answer = answer;
  v.fits = fits;
  v.prediction.decode_tps = exactly(tps);
  v.needs.memory.weights_bytes = bytes;
  return v;
}

TEST(BestFormat, IsTheFinestOfEightBitsThatRunsWell) {
  const std::vector<Verdict> all = {option(FileFormatId::f16, Answer::runs_well, 12, 200),
                                    option(FileFormatId::q8_0, Answer::runs, 9, 100),
                                    option(FileFormatId::q6_K, Answer::runs_well, 14, 80),
                                    option(FileFormatId::q4_0, Answer::runs_well, 20, 50)};
  EXPECT_EQ(all[best_format(all, false)].needs.format, "q6_K");
}

TEST(BestFormat, ElseTheFastestElseTheSmallest) {
  std::vector<Verdict> all = {option(FileFormatId::q8_0, Answer::slow, 2, 100),
                              option(FileFormatId::q4_K, Answer::slow, 4, 55),
                              option(FileFormatId::q4_0, Answer::slow, 3, 50)};
  EXPECT_EQ(all[best_format(all, false)].needs.format, "q4_K");
  for (Verdict& v : all) v.fits = false, v.judgement.answer = Answer::does_not_fit;
  EXPECT_EQ(all[best_format(all, false)].needs.format, "q4_0");
}

}  // namespace
}  // namespace weighin
