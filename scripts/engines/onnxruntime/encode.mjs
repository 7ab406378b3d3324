// node encode.mjs FOLDER MODEL.onnx THREADS TOKENS RUNS: runs an encoder on one text in ONNX Runtime, and prints the
// milliseconds of each run as JSON, after three untimed ones.
import { createRequire } from "node:module";
import path from "node:path";

const [folder, model, threads, tokens, runs] = process.argv.slice(2);
const ort = createRequire(path.join(path.resolve(folder), "package.json"))("onnxruntime-node");
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1,
  executionMode: "sequential", logSeverityLevel: 3 });
const values = { input_ids: 7n, attention_mask: 1n, token_type_ids: 0n };
const feeds = Object.fromEntries(session.inputNames.map((name) =>
  [name, new ort.Tensor("int64", new BigInt64Array(Number(tokens)).fill(values[name] ?? 0n), [1, Number(tokens)])]));
for (let i = 0; i < 3; ++i) await session.run(feeds);
const milliseconds = [];
for (let i = 0; i < Number(runs); ++i) {
  const start = performance.now();
  await session.run(feeds);
  milliseconds.push(performance.now() - start);
}
console.log(JSON.stringify(milliseconds));
process.exit(0);
