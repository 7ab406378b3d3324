// node edge.test.mjs WEIGHIN NPM_FOLDER [TRIALS [SEED]]: weighin never says that a model fits when loading it fails.
// Each trial takes a synthetic model, format, context and prompt by lot and a process that has opened llama.cpp, and
// puts a limit on that process's memory (a cgroup) at the edge: 0.97 to 1.08 of what the model is predicted to need. Then it
// asks `weighin fit` inside the limit, and loads and runs the model there. Saying "fits" to a process that the kernel
// then kills, or that llama.cpp refuses, is a failure; how often "does not fit" was said of what ran is printed.
// Exits 0, 1, or 77 where there is no llama.cpp or no cgroup may be made.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEngine } from "./llamacpp.mjs";

const [weighin, npmFolder, trials = "12", seed = "1", ...child] = process.argv.slice(2);
const mib = 1 << 20;

function fit(model, { context, prompt, database }) {
  const { stdout, stderr } = spawnSync(weighin, ["fit", model, "--json", "--db", database,
    "--context", context, "--prompt", prompt].map(String), { encoding: "utf8" });
  if (!stdout) throw new Error(`weighin fit said nothing: ${stderr}`);
  return JSON.parse(stdout).verdicts[0];
}

// Inside the cgroup `folder`, in which this process is already: from here on it may be killed.
if (child.length) {
  const { folder, limit, usage, file, context, prompt, database, bytes } = JSON.parse(child[0]);
  const engine = openEngine(npmFolder);
  const used = Number(readFileSync(path.join(folder, usage), "utf8"));
  writeFileSync(path.join(folder, limit), String(Math.round(used + bytes)));
  const verdict = fit(file, { context, prompt, database });
  console.log(JSON.stringify({ fits: verdict.fits, limit: verdict.limit.text }));
  const model = engine.load(file, { mmap: false, lazy: false });
  const made = engine.context(model, { tokens: context, batch: 512, microBatch: 512, flash: true, threads: 2 });
  made.decode(Array.from({ length: prompt }, (_, i) => i % 1000));
  made.decode([1]);
  console.log("ran");
  process.exit(0);
}

// Where this process may make a cgroup with a limit on memory: version 1, then 2.
function cgroups() {
  const versions = [["/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "-1"],
    ["/sys/fs/cgroup", "memory.max", "memory.current", "max"]];
  for (const [root, limit, usage, none] of versions) {
    const folder = path.join(root, `weighin-edge-${process.pid}`);
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    if (existsSync(path.join(folder, limit))) return { folder, limit, usage, none };
    rmdirSync(folder);
  }
  console.log("SKIPPED, nothing was loaded at the edge: no cgroup with a limit on memory may be made here");
  return process.exit(77);
}

openEngine(npmFolder);  // exits with 77 where it is missing
let state = Number(seed);
const lot = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
const one = (list) => list[Math.floor(lot() * list.length)];
const group = cgroups();
const work = mkdtempSync(path.join(tmpdir(), "weighin-edge-"));
const database = path.join(work, "a.db");
const files = new Map();
const count = { "fits, ran": 0, "fits, failed": 0, "does not fit, ran": 0, "does not fit, failed": 0 };
try {
  execFileSync(weighin, ["run", "--budget", "1s", "--only", "gemv q8_0", "--db", database], { stdio: "ignore" });
  for (let i = 0; i < Number(trials); ++i) {
    const name = one(["smollm2-135m", "smollm2-360m", "qwen2.5-0.5b"]), format = one(["q8_0", "q4_0", "Q4_K_M", "Q6_K"]);
    const context = one([1024, 2048, 4096, 8192]), prompt = one([16, 128, 512]);
    const file = path.join(work, `${name}-${format}.gguf`);
    if (!files.has(file)) execFileSync(weighin, ["synth", name, "--format", format, "-o", file]);
    files.set(file, true);
    const { bytes } = JSON.parse(execFileSync(weighin, ["memory", file, "--json", "--no-mmap", "--context", context,
      "--prompt", prompt].map(String), { encoding: "utf8" }));
    const share = 0.97 + 0.11 * lot();
    writeFileSync(path.join(group.folder, group.limit), group.none);
    // The child enters the cgroup by the shell, which then becomes it.
    const run = spawnSync("sh", ["-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', group.folder, process.execPath,
      process.argv[1], weighin, npmFolder, trials, seed,
      JSON.stringify({ ...group, file, context, prompt, database, bytes: share * bytes.peak })], { encoding: "utf8" });
    const [said, ran] = run.stdout.trim().split("\n");
    if (!said?.startsWith("{")) throw new Error(`trial ${i} said no verdict: ${run.stdout}${run.stderr}`);
    const { fits, limit } = JSON.parse(said);
    if (ran !== "ran" && !run.signal && !/refused|did not load|made no context/.test(run.stderr)) throw new Error(run.stderr);
    const outcome = `${fits ? "fits" : "does not fit"}, ${ran === "ran" ? "ran" : "failed"}`;
    ++count[outcome];
    console.log(`${outcome === "fits, failed" ? "FAIL" : "ok  "} ${path.basename(file)} context ${context} prompt ${prompt}, ` +
      `${share.toFixed(3)} of ${(bytes.peak / mib).toFixed(0)} MiB: ${outcome} (${limit})`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
  rmdirSync(group.folder);
}
console.log(Object.entries(count).map(([outcome, times]) => `${outcome}: ${times}`).join("; "));
if (count["fits, ran"] === 0 || count["does not fit, failed"] + count["does not fit, ran"] === 0) {
  console.log("FAIL the trials were not at the edge: every one was answered alike");
  process.exit(1);
}
process.exit(count["fits, failed"] ? 1 : 0);
