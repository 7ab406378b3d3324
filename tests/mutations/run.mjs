// Plants the bugs of bugs.mjs one at a time and runs the tests beside each (scripts/mutate says how it is called).
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, copyFileSync, lstatSync,
  readlinkSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bugs } from "./bugs.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const tree = path.join(root, "build/mutate/tree"), build = path.join(tree, "build/test");
const longestTest = 10 * 60 * 1000;  // milliseconds; a bug that makes a test hang is caught by that

function give_up(message) {
  console.error(`mutate: ${message}`);
  process.exit(2);
}

/// Makes the copy equal to this checkout. A file that is equal already keeps its time, so that nothing is built again.
function copyTree() {
  const files = execFileSync("git", ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { maxBuffer: 2 ** 26 }).toString().split("\0").filter((file) => file && existsSync(path.join(root, file)));
  const wanted = new Set(files);
  for (const entry of existsSync(tree) ? readdirSync(tree, { recursive: true }) : []) {
    if (entry === "build" || entry.startsWith(`build${path.sep}`)) continue;
    const copy = path.join(tree, entry);
    if (!lstatSync(copy).isDirectory() && !wanted.has(entry)) rmSync(copy);
  }
  for (const file of files) {
    const from = path.join(root, file), to = path.join(tree, file);
    mkdirSync(path.dirname(to), { recursive: true });
    if (lstatSync(from).isSymbolicLink()) {
      rmSync(to, { force: true });
      symlinkSync(readlinkSync(from), to);
    } else if (!existsSync(to) || statSync(to).size !== statSync(from).size ||
               !readFileSync(to).equals(readFileSync(from))) {
      copyFileSync(from, to);
    }
  }
}

/// Where `bug.text` stands in its file; the file without it, with the replacement.
function planted(bug) {
  const file = path.join(root, bug.file);
  if (!existsSync(file)) give_up(`"${bug.sentence}": there is no ${bug.file}`);
  const before = readFileSync(file, "utf8"), parts = before.split(bug.text);
  if (parts.length !== 2)
    give_up(`"${bug.sentence}": its text stands ${parts.length - 1} times in ${bug.file}, and must stand there once:\n${bug.text}`);
  return parts.join(bug.replacement);
}

/// A test as bugs.mjs names it: "test_models" or "test_models:FILTER" (GoogleTest's), or "ctest:REGEX" for others.
function parsed(test) {
  const colon = test.indexOf(":");
  const program = colon < 0 ? test : test.slice(0, colon);
  return { program, filter: colon < 0 ? "*" : test.slice(colon + 1) };
}

function targetsOf(tests) {
  const targets = new Set();
  for (const { program } of tests.map(parsed)) {
    if (program === "ctest") targets.add("weighin").add("tensor_formats").add("made_report");
    else targets.add(program);
    if (program === "test_harness") targets.add("weighin");
  }
  return [...targets];
}

/// null, or what the compiler said.
function compile(tests) {
  const made = spawnSync(path.join(tree, "scripts/build"), ["test", "-DWEIGHIN_TESTS=ON", "--", ...targetsOf(tests)],
    { encoding: "utf8", maxBuffer: 2 ** 28 });
  return made.status === 0 ? null : made.stderr || String(made.error);
}

/// Which tests failed; null where all passed.
function failures(test) {
  const { program, filter } = parsed(test);
  const options = { cwd: build, encoding: "utf8", timeout: longestTest, killSignal: "SIGKILL", maxBuffer: 2 ** 28 };
  const run = program === "ctest" ? spawnSync("ctest", ["-R", filter, "--no-tests=error"], options)
    : spawnSync(path.join(build, "tests", program), [`--gtest_filter=${filter}`, "--gtest_brief=1"], options);
  if (run.status === 0) return null;
  const said = run.stdout ?? "";
  const named = program === "ctest" ? [...said.matchAll(/^\s*\d+ - (\S+) \((?:Failed|Timeout|.*Exception.*)\)/gm)]
    : [...said.matchAll(/^\[  FAILED  \] ([\w.\/]+)(?:, where .*)? \(\d+ ms\)$/gm)];
  const names = [...new Set(named.map((match) => match[1]))];
  if (names.length) return names;
  return [`${program} ${run.error?.code === "ETIMEDOUT" ? "hung" : `ended by ${run.signal ?? `exit code ${run.status}`}`}`];
}

const { values: given } = parseArgs({ options: { quick: { type: "boolean" }, only: { type: "string" }, from: { type: "string" }, list: { type: "boolean" } } });
const pattern = new RegExp(given.only ?? "", "i");
const chosen = bugs.filter((bug) => (!given.quick || bug.quick) && (pattern.test(bug.sentence) || pattern.test(bug.file)));
chosen.splice(0, Number(given.from ?? 1) - 1);
if (!chosen.length) give_up("no such bug");
if (given.list) {
  for (const bug of chosen) console.log(`${bug.sentence}  [${bug.file}]${bug.quick ? "  quick" : ""}`);
  process.exit(0);
}
const mutants = chosen.map((bug) => ({ ...bug, mutant: planted(bug) }));
copyTree();
const allTests = [...new Set(mutants.flatMap((bug) => bug.tests))];
const cannot = compile(allTests);
if (cannot) give_up(`the tree does not build:\n${cannot}`);
for (const test of allTests) {
  const failed = failures(test);
  if (failed) give_up(`${test} fails without any bug planted: ${failed.join(", ")}`);
}
console.log(`mutate: ${mutants.length} bugs; without them all tests beside them pass`);
let caught = 0, broken = 0;
for (const { sentence, file, mutant, tests } of mutants) {
  const start = Date.now(), copy = path.join(tree, file);
  writeFileSync(copy, mutant);
  let by = null;
  try {
    const said = compile(tests);
    if (said) {
      console.error(said);
      console.log(`${sentence}: DOES NOT COMPILE`);
      ++broken;
      continue;
    }
    for (const test of tests) if ((by = failures(test))) break;
  } finally {
    copyFileSync(path.join(root, file), copy);
  }
  if (by) ++caught;
  const who = by ? `caught by ${by.slice(0, 2).join(", ")}${by.length > 2 ? ` and ${by.length - 2} more` : ""}` : "SURVIVED";
  console.log(`${sentence}: ${who} (${Math.round((Date.now() - start) / 1000)} s)`);
}
console.log(`mutate: ${caught} of ${mutants.length} caught (${(100 * caught / mutants.length).toFixed(0)}%)`);
process.exit(broken ? 2 : caught === mutants.length ? 0 : 1);
