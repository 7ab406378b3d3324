// node onnx.test.mjs WEIGHIN NPM_FOLDER: synthetic ONNX files in a real ONNX Runtime (the npm package
// onnxruntime-web, which runs in node as WebAssembly). Each file's weights are read back and the model is computed
// again here in doubles, with the same inputs: a batch of two texts of different length. Exits 0 when all agree, 1
// when not, 77 when the package is missing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { readWeights, runInDoubles } from "./encoder_in_doubles.mjs";

const [weighin, npmFolder] = process.argv.slice(2);
const modules = path.join(path.resolve(npmFolder), "node_modules");
if (!existsSync(path.join(modules, "onnxruntime-web", "package.json"))) {
  console.log(`skipped: ONNX Runtime was not found (npm package onnxruntime-web, in ${modules})`);
  process.exit(77);
}
const entry = createRequire(path.join(modules, "package.json")).resolve("onnxruntime-web");
const loaded = await import(pathToFileURL(entry));
const ort = loaded.InferenceSession ? loaded : loaded.default;
ort.env.logLevel = "error";
ort.env.wasm.numThreads = 1;

const folder = mkdtempSync(path.join(tmpdir(), "weighin-onnx-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function run(...words) {
  return execFileSync(weighin, words, { maxBuffer: 2 ** 26 }).toString();
}

/** The model's file in `format`, and what `weighin models show` says of it. */
function made(model, format) {
  const file = path.join(folder, `${model}.${format}.onnx`);
  run("synth", model, "--format", format, "-o", file);
  const shown = JSON.parse(run("models", "show", model, "--json"));
  const predicted = shown.files.find((one) => one.format === format).bytes;
  return { file, bytes: statSync(file).size, predicted, layers: shown.layers };
}

/** input_ids, attention_mask and token_type_ids of `texts`, padded with token `padding` to `length`. */
function batch(texts, length, padding = 0) {
  const rows = (value) => texts.map((text) => Array.from({ length }, (_, i) => value(text, i)));
  return {
    input_ids: rows((text, i) => text[i] ?? padding),
    attention_mask: rows((text, i) => (i < text.length ? 1 : 0)),
    token_type_ids: rows((text, i) => (i * 2 < text.length ? 0 : 1)),
  };
}

async function runInEngine(session, inputs) {
  const feeds = {};
  for (const name of session.inputNames) {
    const rows = inputs[name];
    feeds[name] = new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length]);
  }
  return (await session.run(feeds)).last_hidden_state;
}

/** The largest difference of the rows that the mask shows, in deviations of the reference. */
function worst(mask, width, one, other) {
  let most = 0, squares = 0, count = 0;
  mask.flat().forEach((seen, row) => {
    if (!seen) return;
    for (let i = row * width; i < (row + 1) * width; ++i) {
      most = Math.max(most, Math.abs(one[i] - other[i]));
      squares += one[i] ** 2;
      ++count;
    }
  });
  return most / Math.sqrt(squares / count);
}

const texts = [[101, 2054, 2003, 1996, 3007, 102], [101, 7592, 102]];
// The engine's own rounding: f32, f16, and activations of 8 bits, whose error grows with the layers.
const allowed = { "onnx-fp32": 1e-4, "onnx-fp16": 0.05, "onnx-int8": 0.5 };

async function check(model, heads, formats) {
  for (const format of formats) {
    const { file, bytes, predicted, layers } = made(model, format);
    const off = bytes / predicted - 1;
    const session = await ort.InferenceSession.create(file);
    const inputs = batch(texts, 8);
    const output = await runInEngine(session, inputs);
    const width = output.dims[2];
    assert.deepEqual(output.dims.slice(0, 2), [2, 8], `${model} ${format}: a batch of two texts of 8`);
    assert.ok(output.data.every(Number.isFinite), `${model} ${format}: every value is finite`);

    const reference = runInDoubles(readWeights(readFileSync(file)), { layers, heads }, inputs);
    const error = worst(inputs.attention_mask, width, reference, output.data);
    console.log(`${model} ${format}: ${bytes} bytes (${(off * 100).toFixed(2)}% from predicted), ` +
                `worst difference ${error.toExponential(1)}`);
    assert.ok(error < allowed[format], `${model} ${format}: as computed in doubles`);
    // A small model's operations are more of its file, and exporters write more of them.
    if (format !== "onnx-int8") assert.ok(Math.abs(off) < 0.005, `${model} ${format}: ${bytes}, not ${predicted}`);

    const otherPadding = await runInEngine(session, batch(texts, 8, 5));
    const unseen = worst(inputs.attention_mask, width, output.data, otherPadding.data);
    // In int8 the unseen rows still set the activations' common scale.
    assert.ok(unseen < (format === "onnx-int8" ? 0.5 : 1e-6), `${model} ${format}: masked tokens are not seen`);
    const changed = batch([[...texts[0].slice(0, 5), 999], texts[1]], 8);
    const others = await runInEngine(session, changed);
    const only = [inputs.attention_mask[0].map((_, i) => (i === 0 ? 1 : 0)), Array(8).fill(0)];
    assert.ok(worst(only, width, output.data, others.data) > 1e-3,
              `${model} ${format}: the first token's output changes with the last token`);
    const longer = await runInEngine(session, batch([Array(64).fill(7)], 64));
    assert.deepEqual([...longer.dims], [1, 64, width], `${model} ${format}: any length`);
    await session.release();
    rmSync(file);
  }
}

await check("bert-tiny", 2, ["onnx-fp32", "onnx-fp16", "onnx-int8"]);
await check("electra-small", 4, ["onnx-fp32"]);
await check("albert-base-v2", 12, ["onnx-fp32"]);
await check("distilbert", 12, ["onnx-fp32", "onnx-int8"]);
await check("distilroberta", 12, ["onnx-int8"]);

for (const [model, format, reason] of [
  ["bge-m3", "onnx-fp32", /ends at protobuf's/], ["modernbert-base", "onnx-fp32", /is no encoder of BERT's kind/],
  ["llama-3.2-1b", "onnx-fp32", /is no encoder of BERT's kind/], ["distilbert", "onnx-q4", /are onnx-fp32/]]) {
  const file = path.join(folder, "refused.onnx");
  assert.throws(() => execFileSync(weighin, ["synth", model, "--format", format, "-o", file], { stdio: "pipe" }),
                (error) => reason.test(error.stderr.toString()), `${model} in ${format} is refused`);
  assert.ok(!existsSync(file) && !existsSync(`${file}.part`), "and nothing is written");
}
console.log("all agree");
