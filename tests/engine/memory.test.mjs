// node memory.test.mjs WEIGHIN NPM_FOLDER: holds weighin's memory arithmetic to llama.cpp itself, as the npm package
// node-llama-cpp ships it. Synthetic models of many architectures are loaded: their weight bytes and KV cache must
// agree to the byte (the log's 0.01 MiB), their compute buffers within 4 MiB (10 where a quantized cache meets
// sliding windows), at several contexts, with flash attention
// and without, with a quantized cache. One small model with weights is run, and its peak resident size must be within
// 2% or 20 MiB. Exits 0, 1, or 77 when the packages are missing.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEngine } from "./llamacpp.mjs";

const [weighin, npmFolder, child] = process.argv.slice(2);
const mib = 1 << 20;

function resident() {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}

function predicted(model, format, options) {
  const text = execFileSync(weighin, ["memory", model, "--format", format, "--json", ...options], { encoding: "utf8" });
  return JSON.parse(text).bytes;
}
function synthesize(model, format, file, options) {
  execFileSync(weighin, ["synth", model, "--format", format, "-o", file, ...options]);
}

/// MiB of a context's KV cache and compute buffers, as the engine's log has them.
function buffers(engine, model, options) {
  const context = engine.context(model, options);
  context.free();
  const sum = (pattern) => Array.from(context.said.matchAll(pattern)).reduce((total, [, mib]) => total + Number(mib), 0);
  return { kv: sum(/(?:KV|RS) buffer size\s*=\s*([\d.]+) MiB/g), compute: sum(/compute buffer size\s*=\s*([\d.]+) MiB/g) };
}

// In a process of its own: the peak of a process cannot be taken back.
if (child === "run") {
  const [file, context, prompt, mmap] = process.argv.slice(5);
  const engine = openEngine(npmFolder), before = resident();
  const model = engine.load(file, { mmap: mmap === "mmap", lazy: false });
  const made = engine.context(model, { tokens: Number(context), batch: 512, microBatch: 512, flash: true, threads: 2 });
  made.decode(Array.from({ length: Number(prompt) }, (_, i) => i % 1000));
  made.decode([1]);
  console.log(JSON.stringify({ peak: resident() - before }));
  process.exit(0);
}

const engine = openEngine(npmFolder);
const folder = mkdtempSync(path.join(tmpdir(), "weighin-engine-"));
let failures = 0;
const hold = (right, text) => {
  if (!right) ++failures;
  console.log(`${right ? "ok  " : "FAIL"} ${text}`);
};
try {
  const models = ["llama-3.2-1b", "gemma-2b", "gemma-2-2b", "gemma-3-1b", "qwen2.5-0.5b", "qwen3-0.6b", "qwen3-30b-a3b",
    "mixtral-8x7b", "phi-2", "phi-3-mini", "deepseek-v2-lite", "falcon-7b", "olmo2-1b", "gpt-oss-20b", "mamba-130m"];
  // A quantized cache beside windows is allotted in an order that is not known yet.
  const windowed = new Set(["gemma-2-2b", "gemma-3-1b", "gpt-oss-20b"]);
  const settings = [{ context: 512, batch: 512, flash: true }, { context: 4096, batch: 128, flash: true },
    { context: 4096, batch: 512, flash: false }, { context: 8192, batch: 512, flash: true, kv: "q8_0" }];
  for (const name of models) {
    const file = path.join(folder, "model.gguf");
    synthesize(name, "q8_0", file, ["--sparse", "--no-vocabulary"]);
    const model = engine.load(file, { mmap: true, lazy: false });
    for (const { context, batch, flash, kv = "f16" } of settings) {
      if (kv !== "f16" && name === "phi-2") continue;  // heads of 80 are no whole number of blocks
      const ours = predicted(name, "q8_0", ["--context", context, "--ubatch", batch, "--kv", kv,
        ...(flash ? [] : ["--no-flash-attention"])].map(String));
      const theirs = buffers(engine, model, { tokens: context, batch, microBatch: batch, flash, cache: kv, threads: 2 });
      const right = ours.weights === model.size && Math.abs(ours.kv / mib - theirs.kv) < 0.011 &&
        Math.abs(ours.compute_buffer / mib - theirs.compute) <= (kv !== "f16" && windowed.has(name) ? 10 : 4);
      hold(right, `${name} context ${context} batch ${batch} ${flash ? "flash" : "plain"} ${kv}: weights ` +
        `${ours.weights} / ${model.size}, KV ${(ours.kv / mib).toFixed(2)} / ${theirs.kv} MiB, compute ` +
        `${(ours.compute_buffer / mib).toFixed(2)} / ${theirs.compute} MiB`);
    }
    model.free();
  }
  for (const [name, format, context, prompt, mmap] of [["smollm2-135m", "q8_0", 2048, 512, "mmap"],
    ["smollm2-135m", "q4_0", 2048, 512, "mmap"], ["smollm2-135m", "Q4_K_M", 512, 128, "read"]]) {
    const file = path.join(folder, "run.gguf");
    synthesize(name, format, file, []);
    const out = execFileSync(process.execPath, [process.argv[1], weighin, npmFolder, "run", file, context, prompt, mmap].map(String),
      { encoding: "utf8" });
    const { peak } = JSON.parse(out.trim().split("\n").at(-1));
    const ours = predicted(name, format, ["--context", context, "--prompt", prompt,
      ...(mmap === "mmap" ? [] : ["--no-mmap"])].map(String)).peak;
    hold(Math.abs(ours - peak) <= Math.max(0.02 * peak, 20 * mib),
      `${name} ${format} ${mmap}: peak ${(ours / mib).toFixed(1)} / ${(peak / mib).toFixed(1)} MiB resident`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures ? 1 : 0);
