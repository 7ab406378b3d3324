// node memory.test.mjs WEIGHIN NPM_FOLDER: holds weighin's memory arithmetic to llama.cpp itself, as the npm package
// node-llama-cpp ships it. Synthetic models of many architectures are loaded: their weight bytes and KV cache must
// agree to the byte (the log's 0.01 MiB), their compute buffers within 4 MiB (10 where a quantized cache meets
// sliding windows), at several contexts, with flash attention
// and without, with a quantized cache. One small model with weights is run, and its peak resident size must be within
// 2% or 20 MiB. Exits 0, 1, or 77 when the packages are missing.
//
// The packages @node-llama-cpp/PLATFORM and koffi are looked for in NPM_FOLDER, and in the folder that WEIGHIN_ENGINE
// names. Parameter structs are opaque blocks that the library fills itself; fields are set by offset, and the defaults
// there are checked first, so that another release is refused and not misread.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const [weighin, npmFolder, child] = process.argv.slice(2);
const platform = `${process.platform}-${process.arch}`;
const mib = 1 << 20;

function skip(why) {
  console.log(`SKIPPED, nothing was compared with llama.cpp: ${why}`);
  process.exit(77);
}

function packages() {
  for (const folder of [process.env.WEIGHIN_ENGINE, npmFolder]) {
    if (!folder) continue;
    const modules = path.join(path.resolve(folder), "node_modules");
    const libraries = path.join(modules, "@node-llama-cpp", platform, "bins", platform);
    if (existsSync(libraries) && existsSync(path.join(modules, "koffi"))) return { modules, libraries };
  }
  return skip(`npm packages @node-llama-cpp/${platform} and koffi are in none of WEIGHIN_ENGINE and ${npmFolder}`);
}

function openEngine() {
  const { modules, libraries } = packages();
  const koffi = createRequire(path.join(modules, "package.json"))("koffi");
  const library = (name) => {
    const pattern = new RegExp(`^${name}\\.(v[\\d.]+\\.)?so$`);
    return koffi.load(path.join(libraries, readdirSync(libraries).find((file) => pattern.test(file))));
  };
  library("libggml-base");
  const ggml = library("libggml"), llama = library("libllama");
  koffi.struct("ModelParams", { bytes: koffi.array("uint8", 512) });
  koffi.struct("ContextParams", { bytes: koffi.array("uint8", 512) });
  koffi.struct("Batch", { n: "int32", token: "int32 *", embd: "void *", pos: "void *", nseq: "void *", seq: "void *",
    logits: "void *" });
  const log = koffi.proto("void Log(int level, const char *text, void *user)");
  let lines = [];
  const listener = koffi.register((level, text) => lines.push(text.trimEnd()), koffi.pointer(log));
  llama.func("void llama_log_set(Log *callback, void *user)")(listener, null);
  ggml.func("void ggml_backend_load_all_from_path(const char *folder)")(libraries);
  llama.func("void llama_backend_init()")();
  const call = (signature) => llama.func(signature);
  const modelDefaults = call("ModelParams llama_model_default_params()");
  const contextDefaults = call("ContextParams llama_context_default_params()");
  const expect = (view, offset, allowed, what) => {
    const value = view.getInt32(offset, true);
    if (!allowed.includes(value)) skip(`another release of llama.cpp: ${what} is ${value} by default at byte ${offset}`);
  };
  return {
    load(file, mmap) {
      const bytes = Uint8Array.from(modelDefaults().bytes), view = new DataView(bytes.buffer);
      expect(view, 24, [-1, 1], "the load mode");
      view.setInt32(16, 0, true);
      view.setInt32(24, mmap ? 1 : 0, true);
      view.setInt32(28, 0, true);
      const model = call("void *llama_model_load_from_file(const char *path, ModelParams p)")(file, { bytes });
      assert.ok(model, `llama.cpp did not load ${file}:\n${lines.slice(-4).join("\n")}`);
      return { model, bytes: Number(call("uint64 llama_model_size(void *m)")(model)) };
    },
    context(model, { context, batch, flash, cache }) {
      lines = [];
      const bytes = Uint8Array.from(contextDefaults().bytes), view = new DataView(bytes.buffer);
      expect(view, 0, [512], "n_ctx");
      expect(view, 8, [512], "n_ubatch");
      expect(view, 104, [1], "type_k");
      for (const offset of [4, 8]) view.setUint32(offset, batch, true);
      view.setUint32(0, context, true);
      for (const offset of [28, 32]) view.setInt32(offset, 2, true);
      view.setInt32(52, flash ? 1 : 0, true);
      for (const offset of [104, 108]) view.setInt32(offset, cache, true);
      view.setUint8(132, 0);  // a window's cache holds the window
      const made = call("void *llama_init_from_model(void *m, ContextParams p)")(model, { bytes });
      assert.ok(made, `llama.cpp made no context:\n${lines.slice(-4).join("\n")}`);
      const sum = (pattern) => lines.reduce((total, line) => total + Number(pattern.exec(line)?.[1] ?? 0), 0);
      return { made, kv: sum(/(?:KV|RS) buffer size\s*=\s*([\d.]+) MiB/), compute: sum(/compute buffer size\s*=\s*([\d.]+) MiB/) };
    },
    decode(context, tokens) {
      // The engine keeps the address: memory that JavaScript does not move.
      const ids = koffi.alloc("int32", tokens.length);
      koffi.encode(ids, koffi.array("int32", tokens.length), tokens);
      const batch = call("Batch llama_batch_get_one(int32 *tokens, int32 n)")(ids, tokens.length);
      assert.equal(call("int llama_decode(void *c, Batch b)")(context, batch), 0);
      call("void llama_synchronize(void *c)")(context);
    },
    free(context) { call("void llama_free(void *c)")(context); },
    freeModel(model) { call("void llama_model_free(void *m)")(model); },
  };
}

function resident() {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}

const caches = { f16: 1, q8_0: 8 };
function predicted(model, format, options) {
  const text = execFileSync(weighin, ["memory", model, "--format", format, "--json", ...options], { encoding: "utf8" });
  return JSON.parse(text).bytes;
}
function synthesize(model, format, file, options) {
  execFileSync(weighin, ["synth", model, "--format", format, "-o", file, ...options]);
}

// In a process of its own: the peak of a process cannot be taken back.
if (child === "run") {
  const [file, context, prompt, mmap] = process.argv.slice(5);
  const engine = openEngine(), before = resident();
  const { model } = engine.load(file, mmap === "mmap");
  const { made } = engine.context(model, { context: Number(context), batch: 512, flash: true, cache: caches.f16 });
  engine.decode(made, Array.from({ length: Number(prompt) }, (_, i) => i % 1000));
  engine.decode(made, [1]);
  console.log(JSON.stringify({ peak: resident() - before }));
  process.exit(0);
}

const folder = mkdtempSync(path.join(tmpdir(), "weighin-engine-"));
let failures = 0;
const hold = (right, text) => {
  if (!right) ++failures;
  console.log(`${right ? "ok  " : "FAIL"} ${text}`);
};
try {
  const engine = openEngine();
  const models = ["llama-3.2-1b", "gemma-2b", "gemma-2-2b", "gemma-3-1b", "qwen2.5-0.5b", "qwen3-0.6b", "qwen3-30b-a3b",
    "mixtral-8x7b", "phi-2", "phi-3-mini", "deepseek-v2-lite", "falcon-7b", "olmo2-1b", "gpt-oss-20b", "mamba-130m"];
  // A quantized cache beside windows is allotted in an order that is not known yet.
  const windowed = new Set(["gemma-2-2b", "gemma-3-1b", "gpt-oss-20b"]);
  const settings = [{ context: 512, batch: 512, flash: true }, { context: 4096, batch: 128, flash: true },
    { context: 4096, batch: 512, flash: false }, { context: 8192, batch: 512, flash: true, kv: "q8_0" }];
  for (const name of models) {
    const file = path.join(folder, "model.gguf");
    synthesize(name, "q8_0", file, ["--sparse", "--no-vocabulary"]);
    const { model, bytes } = engine.load(file, true);
    for (const { context, batch, flash, kv = "f16" } of settings) {
      if (kv !== "f16" && name === "phi-2") continue;  // heads of 80 are no whole number of blocks
      const ours = predicted(name, "q8_0", ["--context", context, "--ubatch", batch, "--kv", kv,
        ...(flash ? [] : ["--no-flash-attention"])].map(String));
      const theirs = engine.context(model, { context, batch, flash, cache: caches[kv] });
      engine.free(theirs.made);
      const right = ours.weights === bytes && Math.abs(ours.kv / mib - theirs.kv) < 0.011 &&
        Math.abs(ours.compute_buffer / mib - theirs.compute) <= (kv !== "f16" && windowed.has(name) ? 10 : 4);
      hold(right, `${name} context ${context} batch ${batch} ${flash ? "flash" : "plain"} ${kv}: weights ` +
        `${ours.weights} / ${bytes}, KV ${(ours.kv / mib).toFixed(2)} / ${theirs.kv} MiB, compute ` +
        `${(ours.compute_buffer / mib).toFixed(2)} / ${theirs.compute} MiB`);
    }
    engine.freeModel(model);
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
