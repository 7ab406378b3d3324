#include "results/records/measurement_fields.h"

#include <array>
#include <nlohmann/json.hpp>

namespace weighin {
namespace {

using S = SQLite::Statement;
using C = const SQLite::Column;
using M = const Measurement;

void bind_if(S& s, int i, bool present, double value) {
  if (present) {
    s.bind(i, value);
  } else {
    s.bind(i);
  }
}

bool was_measured(M& m) {
  return m.status == Status::measured && m.seconds > 0;
}

/// Amount per second; NULL unless it was measured and there is an amount.
void bind_rate(S& s, int i, M& m, double amount) {
  bind_if(s, i, was_measured(m) && amount > 0, amount / m.seconds);
}

template <auto Field>
void write_count(S& s, int i, M& m) {
  s.bind(i, static_cast<int64_t>(m.problem.*Field));
}
template <auto Field>
void read_count(C& c, Measurement& m) {
  m.problem.*Field = static_cast<std::remove_reference_t<decltype(m.problem.*Field)>>(c.getInt64());
}

void write_format(S& s, int i, M& m) {
  if (m.problem.format == FormatId::none) return s.bind(i);
  s.bind(i, std::string(format_of(m.problem.format).name));
}
void read_format(C& c, Measurement& m) {
  const QuantFormat* format = c.isNull() ? nullptr : find_format(c.getString());
  m.problem.format = format ? format->id : FormatId::none;
}
void read_status(C& c, Measurement& m) {
  m.status = Status::failed;  // a word a later version may have written
  for (int i = 0; i <= static_cast<int>(Status::wrong); ++i) {
    if (status_name(static_cast<Status>(i)) == c.getString()) m.status = static_cast<Status>(i);
  }
}
void read_samples(C& c, Measurement& m) {
  const auto samples = nlohmann::json::parse(c.getString(), nullptr, false);
  if (samples.is_array()) m.samples = samples.get<std::vector<double>>();
}

const std::array<MeasurementField, 26> fields{{
    {"run", "INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE", "the run that measured it",
     [](S& s, int i, M& m) { s.bind(i, m.run); }, [](C& c, Measurement& m) { m.run = c.getInt64(); }},
    {"device", "TEXT NOT NULL REFERENCES device(id)", "the device's id",
     [](S& s, int i, M& m) { s.bind(i, m.device); }, [](C& c, Measurement& m) { m.device = c.getString(); }},
    {"backend", "TEXT NOT NULL", "cpu or vulkan; later wasm, webgpu",
     [](S& s, int i, M& m) { s.bind(i, m.backend); },
     [](C& c, Measurement& m) { m.backend = c.getString(); }},
    {"kernel", "TEXT NOT NULL", "name of the kernel; the operation where none could be chosen",
     [](S& s, int i, M& m) { s.bind(i, m.kernel); }, [](C& c, Measurement& m) { m.kernel = c.getString(); }},
    {"op", "TEXT NOT NULL", "operation: gemv (decode), gemm (prefill), attention, ...",
     [](S& s, int i, M& m) { s.bind(i, std::string(op_name(m.problem.op))); },
     [](C& c, Measurement& m) { find_op(c.getString(), m.problem.op); }},
    {"format", "TEXT", "quantization format as ggml spells it; NULL where there is none", write_format,
     read_format},
    {"m", "INTEGER NOT NULL", "rows (outputs) of the slab that was timed; heads; bytes",
     write_count<&Problem::m>, read_count<&Problem::m>},
    {"n", "INTEGER NOT NULL", "tokens computed together", write_count<&Problem::n>, read_count<&Problem::n>},
    {"k", "INTEGER NOT NULL", "values of a row, summed over", write_count<&Problem::k>,
     read_count<&Problem::k>},
    {"heads", "INTEGER NOT NULL", "attention: query heads", write_count<&Problem::heads>,
     read_count<&Problem::heads>},
    {"kv_heads", "INTEGER NOT NULL", "attention: key and value heads", write_count<&Problem::kv_heads>,
     read_count<&Problem::kv_heads>},
    {"context", "INTEGER NOT NULL",
     "attention: tokens in the KV cache; an engine's gemv: MiB of weights walked over, 0: all",
     write_count<&Problem::context>, read_count<&Problem::context>},
    {"threads", "INTEGER NOT NULL", "threads that worked together",
     [](S& s, int i, M& m) { s.bind(i, static_cast<int64_t>(m.threads)); },
     [](C& c, Measurement& m) { m.threads = static_cast<uint32_t>(c.getInt64()); }},
    {"seconds", "REAL", "median time of one operation; NULL unless measured",
     [](S& s, int i, M& m) { bind_if(s, i, was_measured(m), m.seconds); },
     [](C& c, Measurement& m) { m.seconds = c.getDouble(); }},
    {"spread", "REAL", "half the median's 95% interval, relative to it",
     [](S& s, int i, M& m) { bind_if(s, i, was_measured(m), m.spread); },
     [](C& c, Measurement& m) { m.spread = c.getDouble(); }},
    {"bytes", "REAL NOT NULL", "bytes one operation moves, each operand once",
     [](S& s, int i, M& m) { s.bind(i, cost_of(m.problem).bytes()); }, nullptr},
    {"operations", "REAL NOT NULL", "operations of one operation, a multiply-add as two",
     [](S& s, int i, M& m) { s.bind(i, cost_of(m.problem).operations); }, nullptr},
    {"bytes_per_s", "REAL", "bytes / seconds",
     [](S& s, int i, M& m) { bind_rate(s, i, m, cost_of(m.problem).bytes()); }, nullptr},
    {"ops_per_s", "REAL", "operations / seconds",
     [](S& s, int i, M& m) { bind_rate(s, i, m, cost_of(m.problem).operations); }, nullptr},
    {"roofline_fraction", "REAL",
     "rate / min(bandwidth x intensity, peak), taken beside it; NULL where meaningless",
     [](S& s, int i, M& m) {
       bind_if(s, i, m.roofline_fraction.has_value(), m.roofline_fraction.value_or(0));
     },
     [](C& c, Measurement& m) {
       if (!c.isNull()) m.roofline_fraction = c.getDouble();
     }},
    {"error", "REAL", "largest difference from the double-precision reference, relative to the terms summed",
     [](S& s, int i, M& m) { s.bind(i, m.error); }, [](C& c, Measurement& m) { m.error = c.getDouble(); }},
    {"status", "TEXT NOT NULL", "measured, unsupported, skipped, failed or wrong",
     [](S& s, int i, M& m) { s.bind(i, std::string(status_name(m.status))); }, read_status},
    {"reason", "TEXT NOT NULL", "why it is not measured", [](S& s, int i, M& m) { s.bind(i, m.reason); },
     [](C& c, Measurement& m) { m.reason = c.getString(); }},
    {"samples", "TEXT NOT NULL", "seconds of each repetition, a JSON list",
     [](S& s, int i, M& m) { s.bind(i, nlohmann::json(m.samples).dump()); }, read_samples},
    {"gpu", "TEXT NOT NULL DEFAULT ''", "id of the GPU (table gpu) that computed; empty: the CPU did",
     [](S& s, int i, M& m) { s.bind(i, m.gpu); }, [](C& c, Measurement& m) { m.gpu = c.getString(); }},
    {"engine", "TEXT NOT NULL DEFAULT ''",
     "the engine whose kernel was timed, with its version and build; empty: weighin's reference kernels",
     [](S& s, int i, M& m) { s.bind(i, m.engine); }, [](C& c, Measurement& m) { m.engine = c.getString(); }},
}};

}  // namespace

std::span<const MeasurementField> measurement_fields() {
  return fields;
}

}  // namespace weighin
