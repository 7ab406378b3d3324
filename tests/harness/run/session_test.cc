// A session from inside: what its options change in what is measured.
#include "harness/run/session.h"

#include <gtest/gtest.h>

#include "probes/all_probes.h"
#include "probes/machine/machine.h"
#include "tests/harness/database_test.h"

namespace weighin {
namespace {

class Session : public DatabaseTest {
 protected:
  /// Measures one small item, with a budget that ends before it is reached.
  Outcome outcome_of(const SessionOptions& options) const {
    const Host host = this_host();
    const Machine machine = probe_machine(host);
    const auto result = run_session(
        host, machine, database_, {{{.op = Op::gelu, .n = 1, .k = 256}, 1, {}}}, options,
        [] { return false; }, [](const RunProgress&) {});
    EXPECT_TRUE(result) << result.error();
    return result ? result->outcome : Outcome::interrupted;
  }
};

TEST_F(Session, ABudgetThatHasEndedSkips) {
  SessionOptions options;
  options.budget_s = 0;
  options.cpu_alone = true;
  EXPECT_EQ(outcome_of(options), Outcome::budget);
  EXPECT_EQ(text("SELECT status FROM measurement"), "skipped");
  EXPECT_EQ(text("SELECT outcome FROM run"), "budget");
}

TEST_F(Session, EveryItemIsMeasuredOnceWhereThatIsAsked) {
  SessionOptions options;
  options.budget_s = 0;
  options.cpu_alone = options.every_item = true;
  EXPECT_EQ(outcome_of(options), Outcome::finished);
  EXPECT_EQ(text("SELECT status FROM measurement"), "measured");
  EXPECT_EQ(text("SELECT outcome FROM run"), "finished");
}

// The store keeps options that somebody gave, or whose run it is.
TEST_F(Session, ARunThatAnotherCommandMakesSaysWhose) {
  SessionOptions options;
  options.budget_s = 0;
  options.cpu_alone = true;
  options.made_by = "weighin verify";
  EXPECT_EQ(outcome_of(options), Outcome::budget);
  EXPECT_EQ(text("SELECT options FROM run"), "made by weighin verify");
}

}  // namespace
}  // namespace weighin
