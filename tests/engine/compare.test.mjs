// node compare.test.mjs COMPARE_LLAMACPP NPM_FOLDER: tiny cases of the comparison with llama.cpp's kernels, one
// alternation each: both sides compute the reference's results, the table and the CSV have their columns with figures
// in them. Nothing is said of speed. Exits 0 when all holds, 1 when not, 77 when the package is missing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const [compare, npmFolder] = process.argv.slice(2);
const libraries = [process.env.WEIGHIN_ENGINE, npmFolder].filter(Boolean)
  .map((folder) => path.join(path.resolve(folder), "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64"))
  .find((folder) => existsSync(folder));
if (!libraries) {
  console.log("skipped: llama.cpp was not found (npm package @node-llama-cpp/linux-x64; WEIGHIN_ENGINE names the " +
              "folder with its node_modules)");
  process.exit(77);
}

const run = (folder, ...options) =>
  spawnSync(compare, ["--libraries", folder, "--alternations", "1", "--size", "512", "--working-set", "4", ...options],
            { encoding: "utf8" });

/** Cells of Markdown's table lines, without the line below the heads. */
const cells = (text) => text.split("\n").filter((line) => line.startsWith("| "))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

// A decode, a prefill and an attention; the formats that llama.cpp repacks and those that it does not.
const cases = ["decode f16 1", "decode q4_0 1", "prefill q4_0 1", "decode q6_K 1", "attention f16 32/8 1"];
const only = `^(${cases.join("|")})$`;
const table = run(libraries, "--only", only);
assert.equal(table.status, 0, table.stderr);
const [heads, ...rows] = cells(table.stdout);
assert.deepEqual(heads, ["case", "thr", "unit", "bound", "ours", "plain", "rounding", "llama.cpp", "its repacked",
                         "of bound", "times its", "plain times", "check", "load", "missed"]);
assert.deepEqual(rows.map(([name, threads]) => `${name} ${threads}`).sort(), [...cases].sort());
for (const row of rows) {
  assert.equal(row.length, heads.length, row.join(" | "));
  assert.equal(row[12], "right", row.join(" | "));
  for (const column of [3, 4, 7, 9, 10, 11]) assert.match(row[column], /^\d+\.\d+$/, `${heads[column]} in ${row}`);
}
assert.match(table.stdout, /^(Every bar was reached|\d+ bars were missed)\.$/m);

const csv = run(libraries, "--only", only, "--csv");
assert.equal(csv.status, 0, csv.stderr);
const lines = csv.stdout.trim().split("\n");
const names = lines[0].split(",");
assert.equal(lines.length, cases.length + 1);
for (const line of lines.slice(1)) {
  const values = line.split(",");
  const value = (name) => values[names.indexOf(name)];
  assert.equal(values.length, names.length, line);
  for (const name of ["bound", "ours", "theirs_plain", "fraction_of_bound", "times_theirs"])
    assert.ok(Number(value(name)) > 0, `${name} in ${line}`);
  assert.ok(Number(value("error")) <= Number(value("tolerance")), line);
  assert.ok(Number(value("their_error")) > 0 && Number(value("their_error")) <= Number(value("their_tolerance")), line);
  assert.match(value("kernel"), /^cpu\.(gemv|gemm|attention)\./);
}

// Every format is there twice, on whichever machine; what cannot be run says why.
const list = run("/none", "--list", "--threads", "1").stdout;
for (const format of ["f32", "q8_0", "q4_K"])
  for (const kind of ["decode", "prefill"]) assert.match(list, new RegExp(`^${kind} ${format} 1$`, "m"));
assert.equal(run(libraries, "--only", "no such case").status, 2);
assert.equal(run(libraries, "--only", "(").status, 2);
assert.equal(run(libraries, "--threads", "x").status, 2);
assert.equal(run(libraries, "--size", "100", "--only", "decode q4_K 1").status, 2);  // no whole number of blocks
const absent = run("/none");
assert.equal(absent.status, 77);
assert.match(absent.stderr, /@node-llama-cpp\/linux-x64/);
console.log(`${rows.length} cases, both sides right`);
