// node gpu.test.mjs WEIGHIN FOLDER: `weighin run --engine` with llama.cpp's Vulkan libraries on a GPU that is software
// (lavapipe, of Debian's mesa-vulkan-drivers): the backend's kernels compute what the reference computes, and their rows
// name the GPU and the engine. The package is fetched to FOLDER by scripts/engines/node-llama-cpp/fetch-libraries. Exits
// 0, 1, or 77 where the driver is missing or the package cannot be fetched.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const [weighin, packages] = process.argv.slice(2);
const skip = (reason) => { console.log(`SKIPPED, llama.cpp's Vulkan backend was not run: ${reason}`); process.exit(77); };
if (process.platform !== "linux" || process.arch !== "x64") skip("the package is for Linux on x86-64");
const drivers = "/usr/share/vulkan/icd.d";
const software = existsSync(drivers) ? readdirSync(drivers).find((name) => name.startsWith("lvp_icd")) : undefined;
if (!software) skip("there is no lavapipe (the Debian package mesa-vulkan-drivers)");
if (!existsSync(path.join(packages, "node_modules", "@node-llama-cpp", "linux-x64-vulkan"))) {
  const script = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
    "../../scripts/engines/node-llama-cpp/fetch-libraries");
  const fetched = spawnSync(script, ["linux-x64-vulkan", packages], { encoding: "utf8" });
  if (fetched.status !== 0) skip((fetched.stderr ?? `${fetched.error}`).trim());
}

const folder = mkdtempSync(path.join(tmpdir(), "weighin-gpu-"));
try {
  const env = { ...process.env, VK_ICD_FILENAMES: path.join(drivers, software), VK_DRIVER_FILES: path.join(drivers, software) };
  const call = (...words) => spawnSync(weighin, [...words, "--db", path.join(folder, "gpu.db")], { encoding: "utf8", env });
  const only = "^(submit|dispatch|(rms_norm|add|swiglu|layer_norm|gelu|cache_write f16) k=512$|rope m=4 k=64$|softmax k=64$|" +
    "gem[vm] (q4_0|q6_K|f16) m=[0-9]+ (n=512 )?k=2048$|attention f16 k=64 heads=9 kv_heads=3 context=256$)";
  const run = call("run", "--engine", packages, "--force-software", "--budget", "1s", "--engine-budget", "800s", "--only", only);
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stderr, /of its kernels measured on llvmpipe .*\(Vulkan0\)/, run.stderr);
  const report = call("report", "--csv", path.join(folder, "csv"));
  assert.equal(report.status, 0, report.stderr);
  const [head, ...lines] = readFileSync(path.join(folder, "csv", "measurements.csv"), "utf8").trim().split("\r\n");
  const names = head.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i], value])))
    .filter((row) => row.engine && row.gpu);
  for (const row of rows) {
    assert.ok(!["wrong", "failed"].includes(row.status), JSON.stringify(row));
    assert.equal(row.backend, "vulkan");
    assert.match(row.engine, /^llama\.cpp \d+\.\d+\.\d+ /);
    if (row.status === "measured") assert.ok(Number(row.seconds) > 0 && row.kernel.startsWith("ggml."), JSON.stringify(row));
  }
  const measured = rows.filter((row) => row.status === "measured");
  const operations = new Set(measured.map((row) => `${row.op} ${row.format}`.trim()));
  for (const operation of ["submit", "dispatch", "gemv q4_0", "gemm q4_0", "gemv q6_K", "gemm f16", "attention f16", "rms_norm", "add"])
    assert.ok(operations.has(operation), `${operation} was not measured: ${[...operations]}; ${run.stderr}`);
  console.log(`${measured.length} rows of ${measured[0].engine} on Vulkan, none of them wrong`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
