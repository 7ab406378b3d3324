// node decode.test.mjs WEIGHIN NPM_FOLDER: the forward pass of `weighin decode` against llama.cpp's on the same GGUF
// files and tokens: that the kernels compute inference and not loops that look like it. Small synthetic models of every
// architecture that the pass computes, in formats of every kind; after each token the logits' difference (root mean
// square) over the logits' spread (standard deviation) must be below the format's bound. Then the same with a file
// whose positions are turned by another base, with pairs of another kind, with another epsilon: those must lie far
// above it. Exits 0, 1, or 77 when the packages are missing.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEngine } from "./llamacpp.mjs";

const [weighin, npmFolder] = process.argv.slice(2);
const vocabulary = 1024, tokens = Array.from({ length: 24 }, (_, i) => (i * 397 + 11) % vocabulary);

// Rows of 512 and 1024: whole blocks of every format. Heads share keys and values two by two; windows of 8 tokens are
// shorter than the 24 that are computed.
const common = { vocab_size: vocabulary, hidden_size: 512, intermediate_size: 1024, num_hidden_layers: 3,
  num_attention_heads: 8, num_key_value_heads: 4, max_position_embeddings: 512, hidden_act: "silu" };
const configs = {
  llama: { ...common, architectures: ["LlamaForCausalLM"], model_type: "llama", tie_word_embeddings: false },
  qwen2: { ...common, architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", tie_word_embeddings: true },
  qwen3: { ...common, architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", head_dim: 64, tie_word_embeddings: true },
  gemma: { ...common, architectures: ["GemmaForCausalLM"], model_type: "gemma", num_attention_heads: 4,
    num_key_value_heads: 1, head_dim: 256, hidden_act: "gelu_pytorch_tanh" },
  gemma3: { ...common, architectures: ["Gemma3ForCausalLM"], model_type: "gemma3_text", num_hidden_layers: 6,
    num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256, sliding_window: 8, sliding_window_pattern: 6,
    hidden_activation: "gelu_pytorch_tanh" },
};

const bounds = { f32: 1, f16: 1, bf16: 1, q8_0: 1, q4_0: 1, Q4_K_M: 1, Q6_K: 1 };

/// Puts another f32 in place of a metadata value.
function setFloat(file, key, value) {
  const bytes = readFileSync(file), name = Buffer.from(key);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(name.length));
  const at = bytes.indexOf(Buffer.concat([length, name]));
  if (at < 0 || bytes.readUInt32LE(at + 8 + name.length) !== 6) throw new Error(`${file} has no f32 "${key}"`);
  bytes.writeFloatLE(value, at + 12 + name.length);
  writeFileSync(file, bytes);
}

/// The architecture's name wherever it stands in the header, by one as long.
function rename(from, to, file, changed) {
  const bytes = readFileSync(file), header = bytes.subarray(0, 4096);
  for (let at = header.indexOf(from); at >= 0; at = header.indexOf(from, at + 1)) bytes.write(to, at);
  writeFileSync(changed, bytes);
}

function ours(file, folder) {
  const out = path.join(folder, "logits.f32");
  execFileSync(weighin, ["decode", file, "--prompt-tokens", tokens.join(","), "--tokens", "0", "--no-parts", "--logits", out]);
  const bytes = readFileSync(out);
  return tokens.map((_, i) => new Float32Array(bytes.buffer, bytes.byteOffset + 4 * vocabulary * i, vocabulary));
}

function theirs(engine, file) {
  const { model } = engine.load(file, true);
  const { made } = engine.context(model, { context: 256, batch: 64, flash: false, cache: 1 });
  const rows = tokens.map((token) => {
    engine.decode(made, [token]);
    return engine.logits(made, vocabulary);
  });
  engine.free(made);
  engine.freeModel(model);
  return rows;
}

/// The worst token's difference over the spread; infinite where a logit is no number.
function difference(a, b) {
  let worst = 0;
  for (let t = 0; t < tokens.length; ++t) {
    let squares = 0, sum = 0, sumSquares = 0;
    for (let i = 0; i < vocabulary; ++i) {
      squares += (a[t][i] - b[t][i]) ** 2;
      sum += b[t][i];
      sumSquares += b[t][i] ** 2;
    }
    const mean = sum / vocabulary, relative = Math.sqrt(squares / (sumSquares - vocabulary * mean * mean));
    worst = Number.isFinite(relative) ? Math.max(worst, relative) : Infinity;
  }
  return worst;
}

const folder = mkdtempSync(path.join(tmpdir(), "weighin-decode-"));
let failures = 0;
const hold = (right, text) => {
  if (!right) ++failures;
  console.log(`${right ? "ok  " : "FAIL"} ${text}`);
};
try {
  const engine = openEngine(npmFolder);
  for (const [name, config] of Object.entries(configs)) {
    const written = path.join(folder, name, "config.json"), file = path.join(folder, `${name}.gguf`);
    execFileSync("mkdir", ["-p", path.dirname(written)]);
    writeFileSync(written, JSON.stringify(config));
    for (const [format, bound] of Object.entries(bounds)) {
      execFileSync(weighin, ["synth", written, "--format", format, "-o", file, "--no-vocabulary"]);
      // Facts that are not the defaults, so that they must be read.
      setFloat(file, `${name}.rope.freq_base`, 500000);
      setFloat(file, `${name}.attention.layer_norm_rms_epsilon`, 1e-3);
      const engines = theirs(engine, file), off = difference(ours(file, folder), engines);
      hold(off <= bound, `${name} ${format}: ${off.toExponential(2)} of the spread, allowed ${bound.toExponential(2)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures ? 1 : 0);
