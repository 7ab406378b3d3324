// node kernels.test.mjs WEIGHIN NPM_FOLDER: `weighin run --engine` with llama.cpp's libraries: its kernels compute what
// the reference computes, its rows name it and stand apart from weighin's own, and `fit` answers from them. Speeds are
// not looked at. Exits 0, 1, or 77 when the packages are missing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEngine } from "./llamacpp.mjs";

const [weighin, npmFolder] = process.argv.slice(2);
openEngine(npmFolder);
const folder = mkdtempSync(path.join(tmpdir(), "weighin-kernels-"));
try {
  const run = (database, ...words) => spawnSync(weighin, [...words, "--db", path.join(folder, database)], { encoding: "utf8" });
  /** The rows of the table of measurements; no field holds a comma but the samples, the last ones read. */
  const rows = (database) => {
    const csv = path.join(folder, `${database}.csv`);
    const report = run(database, "report", "--csv", csv);
    assert.equal(report.status, 0, report.stderr);
    const [head, ...lines] = readFileSync(path.join(csv, "measurements.csv"), "utf8").trim().split("\r\n");
    const names = head.split(",");
    return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i], value])));
  };
  // Products of one token and of many in a layout that the engine repacks and in one that it does not, attention over
  // a cache, small operations, nodes.
  const only = "^(gem[vm] (q4_0|q6_K) m=[0-9]+ (n=512 )?k=[123]...$|expert_products q4_0 .*k=7168|attention .*context=256|" +
    "prefill_attention f16 n=512 k=64 heads=9|(rms_norm|rope|swiglu|gelu|add|layer_norm|softmax) |cache_write|embedding|submit|dispatch)";
  const measured = run("with.db", "run", "--engine", npmFolder, "--budget", "1s", "--engine-budget", "600s", "--only", only);
  assert.equal(measured.status, 0, measured.stderr);
  assert.match(measured.stderr, /^llama\.cpp \d+\.\d+\.\d+ \w+: \d+ of its kernels measured/m);
  const all = rows("with.db"), theirs = all.filter((row) => row.engine);
  assert.ok(all.some((row) => !row.engine), "weighin's own rows are gone");
  const named = [...new Set(theirs.map((row) => row.engine))];
  assert.equal(named.length, 1, named);
  assert.match(named[0], /^llama\.cpp \d+\.\d+\.\d+ \w+$/);
  for (const row of theirs) {
    assert.ok(!["wrong", "failed"].includes(row.status), JSON.stringify(row));
    if (row.status === "measured") assert.ok(Number(row.seconds) > 0 && row.kernel.startsWith("ggml."), JSON.stringify(row));
  }
  const operations = new Set(theirs.filter((row) => row.status === "measured").map((row) => row.op));
  for (const op of ["gemv", "gemm", "attention", "prefill_attention", "rms_norm", "rope", "swiglu", "add", "cache_write",
                    "embedding", "submit", "dispatch"])
    assert.ok(operations.has(op), `${op} was not measured: ${measured.stderr}`);

  const verdict = JSON.parse(run("with.db", "fit", "smollm2-1.7b", "--format", "Q4_0", "--json").stdout).verdicts[0];
  assert.equal(verdict.efficiency, "engine measured");
  assert.ok(verdict.efficiency_source.includes(named[0]), verdict.efficiency_source);
  assert.ok(verdict.decode_tps.low < verdict.decode_tps.mid && verdict.decode_tps.mid < verdict.decode_tps.high);

  const without = run("without.db", "run", "--engine", "none", "--budget", "1s", "--only", "gemv q4_0 m=.*k=2048");
  assert.equal(without.status, 0, without.stderr);
  assert.ok(rows("without.db").every((row) => !row.engine));
  const nowhere = run("nowhere.db", "run", "--engine", path.join(folder, "nowhere"), "--budget", "1s", "--only", "gemv q4_0 m=.*k=2048");
  assert.equal(nowhere.status, 2, nowhere.stderr);
  assert.match(nowhere.stderr, /nowhere holds none of llama\.cpp's libraries/);
  console.log(`${theirs.length} rows of ${named[0]}, none of them wrong`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
