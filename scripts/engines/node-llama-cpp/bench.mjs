// llama-bench's prompt and generation tests on llama.cpp as npm ships it, printed as llama-bench's JSON. As there: each
// test has a context of its own, one untimed warm-up, tokens are random, a prompt computes its last token's logits, and
// generated tokens are decoded one by one. Fields that llama-bench does not have: engine, cpu_variant (the build of
// ggml's CPU kernels that its loader chose), peak_resident_bytes (of the process, less what it held before llama.cpp was
// loaded, and without Node.js's own program). Messages go to standard error; exits 0, or 2.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { openLlamacpp } from "./llamacpp.mjs";

function fail(message) {
  console.error(`node-llama-cpp: ${message}`);
  process.exit(2);
}

const whole = { type: "string" };
let given;
try {
  const spelled = { "-mmp": "--mmap", "-ngl": "--n-gpu-layers", "-ub": "--ubatch-size" };
  given = parseArgs({ args: process.argv.slice(2).map((word) => spelled[word] ?? word), options: {
    model: { type: "string", short: "m" }, output: { type: "string", short: "o", default: "json" },
    "n-prompt": { ...whole, short: "p", default: "512" }, "n-gen": { ...whole, short: "n", default: "128" },
    "n-depth": { ...whole, short: "d", default: "0" }, threads: { ...whole, short: "t", default: `${cpus().length}` },
    repetitions: { ...whole, short: "r", default: "5" }, "batch-size": { ...whole, short: "b", default: "2048" },
    "ubatch-size": { ...whole, default: "512" }, mmap: { ...whole, default: "1" }, "n-gpu-layers": { ...whole, default: "0" },
  } }).values;
} catch (error) {
  fail(error.message);
}
if (!given.model) fail("which model? -m FILE.gguf");
if (given.output !== "json") fail(`output "${given.output}" is not written here, only json`);
const number = (name, least) => {
  const value = Number(given[name]);
  if (!Number.isInteger(value) || value < least) fail(`--${name} "${given[name]}" is no whole number from ${least} on`);
  return value;
};
const threads = number("threads", 1), repetitions = number("repetitions", 1), depth = number("n-depth", 0);
const batch = number("batch-size", 1), microBatch = number("ubatch-size", 1), mmap = number("mmap", 0) === 1;

/// Bytes in memory, the most so far and now, and those of Node.js's own program among them; null where the system does
/// not say.
function resident() {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)[1]) * 1024;
    let program = 0, inProgram = false;
    for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
      if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) inProgram = line.endsWith(` ${process.execPath}`);
      else if (inProgram && line.startsWith("Rss:")) program += Number(/(\d+) kB/.exec(line)[1]) * 1024;
    }
    return { most: field("VmHWM"), now: field("VmRSS"), program };
  } catch {
    return null;
  }
}

/// What the engine added to the process. Pages of Node.js's own program that were read meanwhile are not the engine's;
/// how many they are (up to 7 MB were seen) depends on what the system has in its page cache.
function peakOfEngine(before, after) {
  return after && before ? after.most - before.now - (after.program - before.program) : null;
}

function statistics(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

try {
  let before = null;
  const engine = openLlamacpp({ beforeLoading: () => { before = resident(); } });
  const model = engine.load(given.model, { mmap, gpuLayers: number("n-gpu-layers", -1) });
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0, (state >>> 8) % Math.max(1, model.vocabulary));
  const tests = [[number("n-prompt", 0), 0], [0, number("n-gen", 0)]].filter(([prompt, generated]) => prompt + generated > 0);
  const rows = tests.map(([prompt, generated]) => {
    const context = engine.context(model, { tokens: prompt + generated + depth, batch, microBatch, threads });
    const together = (count) => {
      for (let done = 0; done < count; done += batch)
        context.decode(Array.from({ length: Math.min(batch, count - done) }, random));
    };
    const oneByOne = (count) => { for (let i = 0; i < count; ++i) context.decode([random()]); };
    const test = () => prompt ? together(prompt) : oneByOne(generated);
    if (prompt) together(prompt); else oneByOne(1);
    let kept = false;
    const nanoseconds = [];
    for (let i = 0; i < repetitions; ++i) {
      if (!(kept && context.keep(depth))) {
        context.clear();
        together(depth);
      }
      kept = depth > 0;
      const start = process.hrtime.bigint();
      test();
      nanoseconds.push(Number(process.hrtime.bigint() - start));
    }
    context.free();
    const rates = nanoseconds.map((ns) => (prompt + generated) * 1e9 / ns);
    return { n_prompt: prompt, n_gen: generated, n_depth: depth, test_time: new Date().toISOString(),
      flash_attn: context.flashAttention,
      avg_ns: Math.round(statistics(nanoseconds).mean), stddev_ns: Math.round(statistics(nanoseconds).deviation),
      avg_ts: statistics(rates).mean, stddev_ts: statistics(rates).deviation, samples_ns: nanoseconds, samples_ts: rates };
  });
  const after = resident();
  const common = {
    build_commit: engine.release, build_number: 0, cpu_info: cpus()[0]?.model.trim() ?? "",
    gpu_info: engine.devices().filter((device) => device.gpu).map((device) => device.name).join(", "),
    backends: engine.backends().join(","), model_filename: given.model, model_type: model.type, model_size: model.size,
    model_n_params: model.parameters, n_batch: batch, n_ubatch: microBatch, n_threads: threads, type_k: "f16",
    type_v: "f16", n_gpu_layers: number("n-gpu-layers", -1), use_mmap: mmap, engine: engine.package,
    cpu_variant: engine.cpuVariant(), peak_resident_bytes: peakOfEngine(before, after),
  };
  console.log(JSON.stringify(rows.map((row) => ({ ...common, ...row })), null, 1));
  process.exit(0);  // libraries that hold threads are not waited for
} catch (error) {
  fail(error.message);
}
