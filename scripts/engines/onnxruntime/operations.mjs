// The operations of encoders as ONNX files have them, each many times in a row in one graph. `build(problem)` returns
// the graph's bytes, the values of its input x, how often the operation stands in it, which operation a node belongs to
// (by the node's name: "OPERATION NUMBER ..."), and `check(output)`: the largest error of the first operation's output
// y, relative to the terms that it sums.
import { Graph, floatsOfHalves, halves, random, types } from "./graph.mjs";

/// Weights of one graph together: more than the caches hold, as those of a model are.
const workingSet = 96 * 2 ** 20;
const mostTimes = 48, leastTimes = 4;
const checkedOutputs = 16;

/// Texts and tokens are not known before a model runs, so ONNX Runtime chooses its operations without them.
const unknown = ["batch", "sequence"];

const times = (bytes) => Math.max(leastTimes, Math.min(mostTimes, Math.ceil(workingSet / bytes)));
const dot = (count, value) => { let sum = 0, terms = 0; for (let i = 0; i < count; ++i) { const one = value(i); sum += one; terms += Math.abs(one); } return { sum, terms }; };

/// Compares some outputs with `expected(index)`, which returns the sum and the sizes of its terms.
function compared(output, expected) {
  let worst = 0;
  for (let i = 0; i < checkedOutputs; ++i) {
    const index = Math.floor(i * (output.length - 1) / (checkedOutputs - 1));
    const { sum, terms } = expected(index), error = Math.abs(output[index] - sum) / Math.max(terms, 1e-30);
    if (!(error <= worst)) worst = error;  // NaN counts
  }
  return worst;
}

/// How weights of each format are multiplied: declares matrix number i and adds the nodes of x W + b.
/// Returns the node's name, and `weight(row, column)`.
const products = {
  f32: { bytes: 4, type: types.f32, tolerance: 1e-5,
    add(graph, at, input, k, m, values, bias) {
      const product = graph.node("MatMul", [input, graph.constant(`${at} W`, types.f32, [k, m], values)], `${at} product`);
      return graph.node("Add", [product, graph.constant(`${at} b`, types.f32, [m], bias)], `${at} y`);
    },
    values: (k, m) => { const values = random(k * m, 1 / Math.sqrt(k)); return { values, weight: (i, j) => values[i * m + j] }; } },
  f16: { bytes: 2, type: types.f16, tolerance: 5e-3,
    add(graph, at, input, k, m, values, bias) {
      const product = graph.node("MatMul", [input, graph.constant(`${at} W`, types.f16, [k, m], values)], `${at} product`);
      return graph.node("Add", [product, graph.constant(`${at} b`, types.f16, [m], halves(bias))], `${at} y`);
    },
    values: (k, m) => { const values = halves(random(k * m, 1 / Math.sqrt(k))), read = floatsOfHalves(values); return { values, weight: (i, j) => read[i * m + j] }; } },
  // As quantize_dynamic writes it, per channel and with weights of seven bits.
  int8_channel: { bytes: 1, type: types.f32, tolerance: 0.02,
    add(graph, at, input, k, m, { values, scale }, bias) {
      const scales = graph.constant(`${at} W_scale`, types.f32, [m], new Float32Array(m).fill(scale));
      const zeros = graph.constant(`${at} W_zero`, types.i8, [m], new Int8Array(m));
      graph.node("DynamicQuantizeLinear", [input], [`${at} bytes`, `${at} bytes_scale`, `${at} bytes_zero`]);
      const sums = graph.node("MatMulInteger", [`${at} bytes`, graph.constant(`${at} W`, types.i8, [k, m], values), `${at} bytes_zero`, zeros], `${at} sums`);
      const both = graph.node("Mul", [`${at} bytes_scale`, scales], `${at} scale`);
      const reals = graph.node("Cast", [sums], `${at} reals`, { to: types.f32 });
      return graph.node("Add", [graph.node("Mul", [reals, both], `${at} product`), graph.constant(`${at} b`, types.f32, [m], bias)], `${at} y`);
    },
    values: (k, m) => { const scale = 1 / Math.sqrt(k) / 36.95, values = Int8Array.from(random(k * m, 36.95), Math.round);
      return { values: { values, scale }, weight: (i, j) => values[i * m + j] * scale }; } },
  // MatMulNBits (ONNX Runtime's contrib operators): 4 bits, blocks of 32 with an f32 scale, zero at 8.
  q4_0: { bytes: 0.625, type: types.f32, tolerance: 1e-2,
    add(graph, at, input, k, m, { packed, scales }, bias) {
      const product = graph.node("MatMulNBits", [input, graph.constant(`${at} W`, types.u8, [m, k / 32, 16], packed),
        graph.constant(`${at} W_scale`, types.f32, [m * k / 32], scales)], `${at} product`, { K: k, N: m, bits: 4, block_size: 32 }, "com.microsoft");
      return graph.node("Add", [product, graph.constant(`${at} b`, types.f32, [m], bias)], `${at} y`);
    },
    values: (k, m) => { const packed = Uint8Array.from(random(m * k / 2, 73), (one) => Math.floor(one) & 255), scale = 1 / Math.sqrt(k) / 4.6;
      return { values: { packed, scales: new Float32Array(m * k / 32).fill(scale) },
        weight: (i, j) => { const at = j * k + i; return ((packed[at >> 1] >> (at & 1) * 4 & 15) - 8) * scale; } }; } },
};

/// Products there and back: k -> m -> k -> ..., so that each takes the other's output. Problems with m = k need one way.
function product({ format, m, n, k }) {
  const kind = products[format];
  if (!kind) throw new Error(`no product with weights in ${format} is known`);
  const graph = new Graph(), there = kind.values(k, m), back = m === k ? there : kind.values(m, k);
  const x = random(n * k, 1), count = times(kind.bytes * m * k);
  let at = graph.input("x", kind.type, [...unknown, k]), first;
  const bias = { [m]: random(m, 0.1), [k]: random(k, 0.1) };
  for (let i = 0; i < count; ++i) {
    at = kind.add(graph, `there ${i}`, at, k, m, there.values, bias[m]);
    first ??= at;
    if (m !== k) at = kind.add(graph, `back ${i}`, at, m, k, back.values, bias[k]);
  }
  graph.output(first, kind.type, [...unknown, m]);
  graph.output(at, kind.type, [...unknown, k]);
  const seen = kind.type === types.f16 ? floatsOfHalves(halves(x)) : x;
  return { bytes: graph.bytes(), x, type: kind.type, dimensions: [1, n, k], count, y: first, tolerance: kind.tolerance,
    check: (y) => compared(y, (index) => {
      const row = Math.floor(index / m), column = index % m;
      const { sum, terms } = dot(k, (i) => seen[row * k + i] * there.weight(i, column));
      return { sum: sum + bias[m][column], terms: terms + Math.abs(bias[m][column]) };
    }) };
}

const real = (graph, name, type, value) => graph.constant(name, type, [], type === types.f16 ? halves(Float32Array.of(value)) : Float32Array.of(value));
const integers = (graph, name, values) => graph.constant(name, types.i64, [values.length], BigInt64Array.from(values, BigInt));
/// The floats of everything that is no product: f16 in f16 files, else f32.
const typeOf = (format) => format === "f16" ? types.f16 : types.f32;

/// A residual's sum and the normalization of it, as they stand behind each other.
function norm({ format, n, k }) {
  const type = typeOf(format), graph = new Graph(), x = random(n * k, 1), count = mostTimes;
  let at = graph.input("x", type, [...unknown, k]), first;
  const ones = new Float32Array(k).fill(1), typed = (values) => type === types.f16 ? halves(values) : values;
  // Another input, whose dimensions have other names: in the files of models ONNX Runtime cannot know that both have one
  // shape, and leaves the two operations apart.
  const residual = graph.input("residual", type, ["texts", "tokens", k]);
  for (let i = 0; i < count; ++i) {
    const sum = graph.node("Add", [at, residual], `there ${i} sum`);
    at = graph.node("LayerNormalization", [sum, graph.constant(`there ${i} W`, type, [k], typed(ones)), graph.constant(`there ${i} b`, type, [k], typed(new Float32Array(k)))],
      `there ${i} y`, { axis: -1, epsilon: { float: 1e-12 } });
    first ??= at;
  }
  graph.output(first, type, [...unknown, k]);
  graph.output(at, type, [...unknown, k]);
  return { bytes: graph.bytes(), x, type, dimensions: [1, n, k], count, y: first, tolerance: type === types.f16 ? 5e-3 : 1e-5,
    check: (y) => compared(y, (index) => {
      const row = Math.floor(index / k) * k, mean = dot(k, (i) => 2 * x[row + i]).sum / k;
      const variance = dot(k, (i) => (2 * x[row + i] - mean) ** 2).sum / k;
      const sum = (2 * x[index] - mean) / Math.sqrt(variance);
      return { sum, terms: Math.abs(sum) + 1 };
    }) };
}

/// The exact Gelu, as exporters write it: five operations.
function gelu({ format, n, k }) {
  const type = typeOf(format), graph = new Graph(), x = random(n * k, 1), count = 12;
  let at = graph.input("x", type, [...unknown, k]), first;
  const one = real(graph, "one", type, 1), half = real(graph, "half", type, 0.5), root = real(graph, "root", type, Math.SQRT1_2);
  for (let i = 0; i < count; ++i) {
    const erf = graph.node("Erf", [graph.node("Mul", [at, root], `there ${i} rooted`)], `there ${i} erf`);
    const share = graph.node("Mul", [graph.node("Add", [erf, one], `there ${i} above`), half], `there ${i} share`);
    at = graph.node("Mul", [at, share], `there ${i} y`);
    first ??= at;
  }
  graph.output(first, type, [...unknown, k]);
  graph.output(at, type, [...unknown, k]);
  // The integral of the bell curve by Simpson's rule.
  const below = (to) => { const steps = 200, h = to / steps; let sum = 1 + Math.exp(-to * to / 2);
    for (let i = 1; i < steps; ++i) sum += (i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
    return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI); };
  return { bytes: graph.bytes(), x, type, dimensions: [1, n, k], count, y: first, tolerance: type === types.f16 ? 5e-3 : 1e-5,
    check: (y) => compared(y, (index) => ({ sum: x[index] * below(x[index]), terms: Math.abs(x[index]) + 0.1 })) };
}

/// All that lies between the products of a layer's attention: heads apart, scores, mask, shares, values, heads together.
function attention({ format, n, k, heads }) {
  const type = typeOf(format), graph = new Graph(), width = heads * k, x = random(n * width, 1), count = 12;
  let at = graph.input("x", type, [...unknown, width]), first;
  // Inputs of their own, so that nothing is computed once for all of them. All have the values of x.
  const inputs = (part) => Array.from({ length: count }, (_, i) => graph.input(`${part} ${i}`, type, [...unknown, width]));
  const keys = inputs("keys"), values = inputs("values");
  const apart = integers(graph, "apart", [0, 0, heads, k]), together = integers(graph, "together", [0, 0, width]);
  const scale = real(graph, "scale", type, 1 / Math.sqrt(k));
  const mask = graph.constant("mask", type, [1, 1, 1, n], type === types.f16 ? new Uint16Array(n) : new Float32Array(n));
  for (let i = 0; i < count; ++i) {
    const turned = (part, from, perm) => graph.node("Transpose", [graph.node("Reshape", [from, apart], `there ${i} ${part}`)], `there ${i} ${part} turned`, { perm });
    const scores = graph.node("MatMul", [turned("q", at, [0, 2, 1, 3]), turned("k", keys[i], [0, 2, 3, 1])], `there ${i} scores`);
    const masked = graph.node("Add", [graph.node("Mul", [scores, scale], `there ${i} scaled`), mask], `there ${i} masked`);
    const seen = graph.node("MatMul", [graph.node("Softmax", [masked], `there ${i} shares`, { axis: -1 }), turned("v", values[i], [0, 2, 1, 3])], `there ${i} seen`);
    at = graph.node("Reshape", [graph.node("Transpose", [seen], `there ${i} rows`, { perm: [0, 2, 1, 3] }), together], `there ${i} y`);
    first ??= at;
  }
  graph.output(first, type, [...unknown, width]);
  graph.output(at, type, [...unknown, width]);
  return { bytes: graph.bytes(), x, type, dimensions: [1, n, width], count, y: first, tolerance: type === types.f16 ? 1e-2 : 1e-4,
    check: (y) => compared(y, (index) => {
      const token = Math.floor(index / width), head = Math.floor(index % width / k) * k;
      const scores = Array.from({ length: n }, (_, other) => dot(k, (i) => x[token * width + head + i] * x[other * width + head + i]).sum / Math.sqrt(k));
      const most = Math.max(...scores), shares = scores.map((one) => Math.exp(one - most)), all = shares.reduce((a, b) => a + b, 0);
      const { sum, terms } = dot(n, (other) => shares[other] / all * x[other * width + index % width]);
      return { sum, terms };
    }) };
}

/// Rows of a table, looked up; summed afterwards so that they form a row of operations.
function embedding({ format, m, n, k }) {
  const type = typeOf(format), graph = new Graph(), rows = Math.min(m, 30522), table = random(rows * k, 1), count = 8;
  const x = random(n * k, 1);
  let at = graph.input("x", type, [...unknown, k]), first;
  const values = graph.constant("table", type, [rows, k], type === types.f16 ? halves(table) : table);
  const ids = Array.from({ length: n }, (_, i) => i * 7919 % rows);
  for (let i = 0; i < count; ++i) {
    const found = graph.node("Gather", [values, graph.constant(`ids ${i}`, types.i64, [1, n], BigInt64Array.from(ids, (id) => BigInt((id + i * 101) % rows)))], `there ${i} rows`);
    at = graph.node("Add", [at, found], `there ${i} y`);
    first ??= at;
  }
  graph.output(first, type, [...unknown, k]);
  graph.output(at, type, [...unknown, k]);
  return { bytes: graph.bytes(), x, type, dimensions: [1, n, k], count, y: first, tolerance: type === types.f16 ? 5e-3 : 1e-6,
    check: (y) => compared(y, (index) => { const value = table[ids[Math.floor(index / k)] * k + index % k]; return { sum: x[index] + value, terms: Math.abs(x[index]) + Math.abs(value) + 0.1 }; }) };
}

export const operations = { gemm: product, layer_norm: norm, gelu, prefill_attention: attention, embedding };
