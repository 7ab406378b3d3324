// node by_difference.test.mjs WEIGHIN NPM_FOLDER: `weighin run --engine PROGRAM` measures llama.cpp by its own program
// (the adapter, as llama-bench) on models of two and of four layers, and `fit` answers from these rows. Speeds are not
// looked at. Exits 0, 1, or 77 when the packages are missing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "./llamacpp.mjs";

const [weighin, npmFolder] = process.argv.slice(2);
openEngine(npmFolder);
const adapter = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../scripts/engines/node-llama-cpp/run");
const folder = mkdtempSync(path.join(tmpdir(), "weighin-difference-"));
try {
  const env = { ...process.env, WEIGHIN_ENGINE: process.env.WEIGHIN_ENGINE || npmFolder };
  const call = (...words) => spawnSync(weighin, [...words, "--db", path.join(folder, "layers.db")], { encoding: "utf8", env });
  // A few pairs of models at most, until the budget ends.
  const run = call("run", "--engine", adapter, "--budget", "1s", "--engine-budget", "8s", "--only", "gemv q4_0 m=.*k=2048");
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stderr, /^llama\.cpp .*, by difference: \d+ rows from models of two and of four layers, until the budget ended$/m);
  const report = call("report", "--csv", path.join(folder, "csv"));
  assert.equal(report.status, 0, report.stderr);
  const text = readFileSync(path.join(folder, "csv", "measurements.csv"), "utf8");
  for (const kernel of ["difference.gemv.q4_0", "difference.gemm.q4_0"]) assert.ok(text.includes(kernel), `${kernel} is missing:\n${text}`);
  const verdict = JSON.parse(call("fit", "llama-3.2-1b", "--format", "q4_0", "--json").stdout).verdicts[0];
  // Attention may be lost in the noise of a busy machine; then there is no sum.
  if (text.includes("difference.attention") && text.includes("difference.prefill_attention")) {
    assert.equal(verdict.efficiency, "engine measured");
    assert.match(verdict.efficiency_source, /by difference/);
    assert.ok(verdict.decode_tps.low < verdict.decode_tps.mid && verdict.decode_tps.mid < verdict.decode_tps.high);
  }
  console.log(run.stderr.trim().split("\n").pop());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
