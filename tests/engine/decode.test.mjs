// node decode.test.mjs WEIGHIN NPM_FOLDER: the forward pass of `weighin decode` against llama.cpp's on the same GGUF
// files and tokens: that the kernels compute inference and not loops that look like it. Small synthetic models of every
// architecture that the pass computes, in formats of every kind; after each token the logits' difference (root mean
// square) over the logits' spread (standard deviation) is held to the format's bound. Then weighin alone is given files
// with another RoPE base, other pairs, another epsilon: those must lie far above it, or the test sees nothing. Exits 0,
// 1, or 77 when the packages are missing.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

// What the middle one of the tokens may differ by, of 3 (Gemma 3: 6) layers. In every format llama.cpp rounds queries
// and attention's weights to f16, which multiply f16 keys and values (and looks GELU up by f16): 2^-12 of a value each,
// 2^-12 sqrt(2 x 3 layers) = 6e-4. f16 and bf16: it rounds the input of each of 22 products too, by 2^-12 and by
// 2^-9 / sqrt(3): sqrt(22) x that = 1.2e-3 and 5e-3. Twice that and more is allowed, for six layers. Quantized: both
// round inputs to int8 in the same groups, but q8_0's scales are f16 there and f32 here, and of inputs that differ at
// all some values fall to another side of a half step. Once they all may, the two roundings are independent: sqrt(2 / 12)
// of a step of 2 to 3 deviations / 127, about 1%, at each of the 4 products that follow each other in a layer, and the
// head: 0.01 sqrt(13) = 3.6%, of six layers 5%.
const bounds = { f32: 2e-3, f16: 3e-3, bf16: 1.5e-2, q8_0: 6e-2, q4_0: 6e-2, Q4_K_M: 6e-2, Q6_K: 6e-2 };
// A token whose hidden state nearly cancels multiplies what it inherits.
const worst_over_bound = 5;
// The first token's attention is its own value, so that nothing is rounded apart there, and with K-quants (whose scales
// of inputs are f32 in both) nothing else is: only sums are in another order, until a tie flips. Not in every model.
const same_arithmetic = 1e-5;

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

/// Files of the same weights whose pass is another.
function changes(name, file) {
  const with_float = (key, value) => (to) => {
    copyFileSync(file, to);
    setFloat(to, `${name}.${key}`, value);
  };
  const made = { "RoPE base 10000": with_float("rope.freq_base", 10000),
    "epsilon 1e-5": with_float("attention.layer_norm_rms_epsilon", 1e-5) };
  const twin = { llama: "qwen2", qwen2: "llama" }[name];
  if (twin) made[`RoPE of ${twin}`] = (to) => rename(name, twin, file, to);
  return made;
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
  const model = engine.load(file, { mmap: true, lazy: false });
  const context = engine.context(model, { tokens: 256, batch: 64, microBatch: 64, flash: false, threads: 1 });
  const rows = tokens.map((token) => {
    context.decode([token]);
    return context.logits(vocabulary);
  });
  context.free();
  model.free();
  return rows;
}

/// Each token's difference (root mean square) over its spread (standard deviation); infinite where a logit is no
/// number. Of the first token, the middle one and the worst one.
function difference(a, b) {
  const each = tokens.map((_, t) => {
    let squares = 0, sum = 0, sumSquares = 0;
    for (let i = 0; i < vocabulary; ++i) {
      squares += (a[t][i] - b[t][i]) ** 2;
      sum += b[t][i];
      sumSquares += b[t][i] ** 2;
    }
    const relative = Math.sqrt(squares / (sumSquares - sum * sum / vocabulary));
    return Number.isFinite(relative) ? relative : Infinity;
  });
  const sorted = [...each].sort((x, y) => x - y);
  return { first: each[0], middle: sorted[sorted.length >> 1], worst: sorted.at(-1) };
}

const engine = openEngine(npmFolder);
const folder = mkdtempSync(path.join(tmpdir(), "weighin-decode-"));
const first = {};
let failures = 0;
const hold = (right, text) => {
  if (!right) ++failures;
  console.log(`${right ? "ok  " : "FAIL"} ${text}`);
};
try {
  for (const [name, config] of Object.entries(configs)) {
    const written = path.join(folder, name, "config.json"), file = path.join(folder, `${name}.gguf`);
    mkdirSync(path.dirname(written));
    writeFileSync(written, JSON.stringify(config));
    for (const [format, bound] of Object.entries(bounds)) {
      execFileSync(weighin, ["synth", written, "--format", format, "-o", file, "--no-vocabulary"]);
      // Facts that are not the defaults, so that they must be read. Gemma's embeddings are larger.
      setFloat(file, `${name}.rope.freq_base`, 500000);
      setFloat(file, `${name}.attention.layer_norm_rms_epsilon`, name.startsWith("gemma") ? 0.3 : 1e-3);
      const engines = theirs(engine, file), off = difference(ours(file, folder), engines);
      hold(off.middle <= bound && off.worst <= bound * worst_over_bound, `${name} ${format}: ` +
        `${off.middle.toExponential(1)} of the spread (first ${off.first.toExponential(1)}, worst ` +
        `${off.worst.toExponential(1)}), allowed ${bound.toExponential(1)}`);
      first[format] = Math.min(first[format] ?? Infinity, off.first);
      if (format !== "f32") continue;
      for (const [what, change] of Object.entries(changes(name, file))) {
        const wrong = path.join(folder, "wrong.gguf");
        change(wrong);
        const { middle } = difference(ours(wrong, folder), engines);
        hold(middle > 10 * bound, `${name} with ${what}: ${middle.toExponential(1)}, which is seen`);
      }
    }
  }
  for (const format of ["Q4_K_M", "Q6_K"])
    hold(first[format] <= same_arithmetic, `${format}: the first token of some model agrees to ` +
      `${first[format].toExponential(1)}, allowed ${same_arithmetic.toExponential(1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures ? 1 : 0);
