// node measure.mjs FOLDER JOB.json: times single operations of ONNX Runtime, by its own profile, in small graphs that
// hold each many times. JOB.json: {threads, budget_s, problems: [{op, format, m, n, k, heads}]}. Prints a line of JSON
// for the engine, {engine, build}, and one for each problem: {index, samples: [seconds of one operation], error,
// tolerance} or {index, failed: reason}; {index, skipped: true} once the budget is spent. "submit" is what a run of a
// graph costs beside its operations, and "dispatch" what each node costs beside its own time.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { Graph, floatsOfHalves, halves, types } from "./graph.mjs";
import { operations } from "./operations.mjs";

const [folder, jobFile] = process.argv.slice(2);
const modules = createRequire(path.join(path.resolve(folder), "package.json"));
const ort = modules("onnxruntime-node");
const job = JSON.parse(readFileSync(jobFile, "utf8"));
const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const { version } = JSON.parse(readFileSync(path.join(path.dirname(modules.resolve("onnxruntime-node")), "../package.json"), "utf8"));
say({ engine: "ONNX Runtime", build: `${version} (onnxruntime-node)` });

const begin = performance.now(), elapsed = () => (performance.now() - begin) / 1e3;
const scratch = mkdtempSync(path.join(tmpdir(), "weighin-onnxruntime-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const runs = 8, untimed = 2;

/// Runs a graph a few times; returns the outputs of the last run, and the profile's events of each timed run.
async function profiled(built) {
  const session = await ort.InferenceSession.create(built.bytes, { intraOpNumThreads: job.threads, interOpNumThreads: 1,
    executionMode: "sequential", logSeverityLevel: 3, enableProfiling: true, profileFilePrefix: path.join(scratch, "profile") });
  const input = built.type === types.f16
    ? new ort.Tensor("float16", halves(built.x), built.dimensions) : new ort.Tensor("float32", built.x, built.dimensions);
  const walls = [];
  let outputs;
  for (let i = 0; i < untimed + runs; ++i) {
    const start = performance.now();
    outputs = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, input])));
    walls.push((performance.now() - start) / 1e3);
  }
  session.endProfiling();
  const file = path.join(scratch, readdirSync(scratch)[0]);
  const events = JSON.parse(readFileSync(file, "utf8"));
  rmSync(file);
  await session.release();
  return { outputs, events, walls: walls.slice(untimed) };
}

/// The seconds of the nodes of each run, but for those on the way back. ONNX Runtime writes the microseconds of a node
/// when it ends, with names of its own for operations that it joined; a run of the whole model follows its nodes.
function secondsOf(events) {
  const all = [];
  let sum = 0, nodes = 0, everything = 0;
  for (const event of events) {
    if (event.cat === "Node" && event.name.endsWith("_kernel_time")) {
      everything += event.dur / 1e6;
      ++nodes;
      if (!/^back|\bback \d/.test(event.name)) sum += event.dur / 1e6;
    } else if (event.cat === "Session" && event.name === "model_run") {
      all.push({ sum, nodes, everything, run: event.dur / 1e6 });
      sum = nodes = everything = 0;
    }
  }
  return all.slice(untimed);
}

/// What a node and a run cost beside the operations themselves, from chains of small operations of two lengths.
async function overheads() {
  const chain = (count) => {
    const graph = new Graph();
    let at = graph.input("x", types.f32, [1, 64]);
    for (let i = 0; i < count; ++i) at = graph.node(i % 2 ? "Relu" : "Neg", [at], `there ${i}`);
    graph.output(at, types.f32, [1, 64]);
    return { bytes: graph.bytes(), x: new Float32Array(64).fill(0.5), type: types.f32, dimensions: [1, 64] };
  };
  const beside = async (count) => {
    const { events, walls } = await profiled(chain(count));
    return secondsOf(events).map(({ everything }, i) => walls[i] - everything);
  };
  const few = await beside(8), many = await beside(264);
  const dispatch = many.map((one, i) => Math.max((one - few[i]) / 256, 1e-9));
  return { dispatch, submit: few.map((one, i) => Math.max(one - 8 * dispatch[i], 1e-9)) };
}

let beside = null;
for (const [index, problem] of job.problems.entries()) {
  if (elapsed() > job.budget_s) {
    say({ index, skipped: true });
    continue;
  }
  try {
    if (problem.op === "submit" || problem.op === "dispatch") {
      beside ??= await overheads();
      say({ index, samples: beside[problem.op], error: 0, tolerance: 0 });
      continue;
    }
    const build = operations[problem.op];
    if (!build) throw new Error(`no graph of ${problem.op} is known`);
    const built = build(problem);
    const { outputs, events } = await profiled(built);
    const y = outputs[built.y].data;
    const error = built.check(built.type === types.f16 ? floatsOfHalves(new Uint16Array(y.buffer, y.byteOffset, y.length)) : y);
    say({ index, samples: secondsOf(events).map(({ sum }) => sum / built.count), error, tolerance: built.tolerance });
  } catch (failure) {
    say({ index, failed: String(failure.message).split("\n")[0].slice(0, 300) });
  }
}
process.exit(0);
