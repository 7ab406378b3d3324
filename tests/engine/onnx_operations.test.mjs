// node onnx_operations.test.mjs WEIGHIN NPM_FOLDER: the graphs of single operations that `weighin run` times in ONNX
// Runtime (scripts/engines/onnxruntime). Each is run here, in small, by the npm package onnxruntime-web, and its check
// must accept the result and refuse a wrong one. Where onnxruntime-node is installed (WEIGHIN_ONNXRUNTIME, or in
// scripts/engines/onnxruntime), `weighin run --engine onnxruntime` measures one of each, and `fit` answers from them.
// Speeds are not looked at. Exits 0, 1, or 77 when onnxruntime-web is missing.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { floatsOfHalves, halves, types } from "../../scripts/engines/onnxruntime/graph.mjs";
import { operations } from "../../scripts/engines/onnxruntime/operations.mjs";

const [weighin, npmFolder] = process.argv.slice(2);
const modules = path.join(path.resolve(npmFolder), "node_modules");
if (!existsSync(path.join(modules, "onnxruntime-web", "package.json"))) {
  console.log(`skipped: ONNX Runtime was not found (npm package onnxruntime-web, in ${modules})`);
  process.exit(77);
}
const loaded = await import(pathToFileURL(createRequire(path.join(modules, "package.json")).resolve("onnxruntime-web")));
const ort = loaded.InferenceSession ? loaded : loaded.default;
ort.env.logLevel = "error";
ort.env.wasm.numThreads = 1;

const small = { n: 6, m: 64, k: 96, heads: 4 };
const cases = [];
for (const format of ["f32", "f16", "int8_channel", "q4_0"]) {
  cases.push({ ...small, op: "gemm", format }, { ...small, op: "gemm", format, m: 96 });
}
for (const format of ["f32", "f16"])
  for (const op of ["layer_norm", "gelu", "embedding"]) cases.push({ ...small, op, format });
cases.push({ ...small, op: "prefill_attention", format: "f32", k: 16 });

for (const problem of cases) {
  const name = `${problem.op} ${problem.format} m=${problem.m}`;
  const built = operations[problem.op](problem);
  const session = await ort.InferenceSession.create(built.bytes);
  const half = built.type === types.f16;
  const input = new ort.Tensor(half ? "float16" : "float32", half ? halves(built.x) : built.x, built.dimensions);
  const outputs = await session.run(Object.fromEntries(session.inputNames.map((one) => [one, input])));
  const { data } = outputs[built.y];
  const y = half ? floatsOfHalves(new Uint16Array(data.buffer, data.byteOffset, data.length)) : data;
  const error = built.check(y);
  assert.ok(error <= built.tolerance, `${name}: an error of ${error}, where ${built.tolerance} is allowed`);
  assert.ok(built.check(y.map((value) => value * 1.5 + 0.5)) > built.tolerance, `${name}: a wrong result is accepted`);
  assert.ok(!(built.check(y.map(() => NaN)) <= built.tolerance), `${name}: NaN is accepted`);
  assert.ok(Object.values(outputs).every((one) => one.data.length > 0));
  await session.release();
}
console.log(`${cases.length} graphs of single operations are computed right`);

const script = fileURLToPath(new URL("../../scripts/engines/onnxruntime/run", import.meta.url));
if (spawnSync(script, ["--found"]).status !== 0) {
  console.log("onnxruntime-node is not installed: `weighin run --engine onnxruntime` was not tried");
  process.exit(0);
}
const folder = mkdtempSync(path.join(tmpdir(), "weighin-onnxruntime-"));
try {
  const database = path.join(folder, "w.db");
  const run = (...words) => execFileSync(weighin, [...words, "--db", database], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  run("run", "--engine", "onnxruntime", "--budget", "2s", "--engine-budget", "60s", "--only", "onnxruntime ((submit|dispatch)|.*(n=384 k=(768|3072)|k=64 heads=12|gemm f32 m=(768|3072)))");
  // 1 says that it does not fit, which is an answer.
  const fit = spawnSync(weighin, ["fit", "distilbert", "--engine", "onnxruntime", "--format", "onnx-fp32", "--json", "--db", database], { encoding: "utf8" });
  const { verdicts: [verdict] } = JSON.parse(fit.stdout);
  assert.match(JSON.stringify(verdict), /onnxruntime 1\.\d+/, "the answer names the engine that was measured");
  console.log("weighin run --engine onnxruntime, and fit");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
