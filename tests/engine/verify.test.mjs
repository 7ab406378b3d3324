// node verify.test.mjs WEIGHIN NPM_FOLDER: `weighin verify` with the engine that ships, scripts/engines/node-llama-cpp:
// llama.cpp is run on a model of random weights, large enough that a few MB of a process's own are small beside it. What
// it ran on is stored, its peak memory is within 2% of the prediction, and `fit` and `accuracy` stand on the run
// afterwards. Speeds are not looked at. Exits 0, 1, or 77 when the packages are missing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "./llamacpp.mjs";

const [weighin, npmFolder] = process.argv.slice(2);
openEngine(npmFolder);
const folder = mkdtempSync(path.join(tmpdir(), "weighin-verify-"));
try {
  const database = path.join(folder, "w.db");
  const environment = { ...process.env, WEIGHIN_ENGINE: npmFolder };
  const run = (...words) =>
    execFileSync(weighin, [...words, "--db", database], { encoding: "utf8", env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const engine = fileURLToPath(new URL("../../scripts/engines/node-llama-cpp/run", import.meta.url));
  const verified = JSON.parse(run("verify", "smollm2-360m", "--format", "Q4_0", "--rounds", "2", "--repetitions", "1",
    "--tokens", "4", "--prompt", "32", "--engine", `'${engine}'`, "--json"));
  assert.equal(verified.engine, "llama.cpp");
  assert.match(verified.build, /node-llama-cpp/);
  assert.equal(verified.backend, "CPU");
  assert.ok(verified.cpu_variant, "which build of its kernels ran is not said");
  for (const phase of ["decode", "prefill"]) {
    assert.equal(verified.phases[phase].samples.length, 2, `${phase}: one sample a round`);
    assert.ok(verified.phases[phase].tps > 0 && verified.phases[phase].predicted.mid > 0, phase);
  }
  const share = verified.predicted_memory_bytes / verified.memory_bytes;
  assert.ok(Math.abs(share - 1) <= 0.02, `peak memory: ${share} of it was predicted`);

  const verdict = JSON.parse(run("fit", "smollm2-360m", "--format", "Q4_0", "--json")).verdicts[0];
  assert.equal(verdict.engine, "llama.cpp");
  assert.equal(verdict.efficiency, "learned here");
  const table = JSON.parse(run("accuracy", "--json"));
  assert.ok(JSON.stringify(table).includes("llama.cpp"), "accuracy does not hold the run");
  console.log(`verify: llama.cpp (${verified.build}, ${verified.cpu_variant}) stored, memory ${share.toFixed(3)} of real`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
