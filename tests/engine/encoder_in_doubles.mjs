// BERT's arithmetic in doubles (arXiv 1810.04805), with the weights of an ONNX file: what onnx.test.mjs holds a real
// engine to. Knows the names of the weights, and nothing of the graph.

/** Fields of a protobuf message: [number, value]; a value is a number or the bytes of a string or message. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0, factor = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint(), wire = tag & 7, number = Math.floor(tag / 8);
    if (wire === 0) yield [number, varint()];
    else if (wire === 2) {
      const length = varint();
      yield [number, bytes.subarray(at, at += length)];
    } else if (wire === 5) yield [number, bytes.subarray(at, at += 4)];
    else throw new Error(`wire type ${wire} at byte ${at}`);
  }
}

function half(bits) {
  const exponent = bits >> 10 & 31, mantissa = bits & 1023, sign = bits & 0x8000 ? -1 : 1;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + mantissa / 1024) : 2 ** -14 * mantissa / 1024);
}

/** A TensorProto: its name, dimensions, and a reader of its values. */
function tensorOf(bytes) {
  const tensor = { dims: [] };
  for (const [number, value] of fields(bytes)) {
    if (number === 1) tensor.dims.push(value);
    if (number === 2) tensor.type = value;
    if (number === 8) tensor.name = value.toString();
    if (number === 9) tensor.raw = value;
  }
  const view = new DataView(tensor.raw.buffer, tensor.raw.byteOffset, tensor.raw.length);
  tensor.at = { 1: (i) => view.getFloat32(4 * i, true), 3: (i) => view.getInt8(i),
                7: (i) => Number(view.getBigInt64(8 * i, true)), 10: (i) => half(view.getUint16(2 * i, true)) }[tensor.type];
  return tensor;
}

/** Weights by name, as {dims, at}; those of 8 bits with their scales applied, one of the last dimension or one of all. */
export function readWeights(file) {
  const stored = new Map();
  for (const [number, graph] of fields(file)) {
    if (number !== 7) continue;
    for (const [part, value] of fields(graph))
      if (part === 5) {
        const tensor = tensorOf(value);
        stored.set(tensor.name, tensor);
      }
  }
  for (const [name, tensor] of [...stored]) {
    if (!name.endsWith("_quantized")) continue;
    const plain = name.slice(0, -"_quantized".length);
    const scale = stored.get(`${plain}_scale`), zero = stored.get(`${plain}_zero_point`), columns = tensor.dims.at(-1);
    const which = scale.dims.length ? (i) => i % columns : () => 0;
    stored.set(plain, { dims: tensor.dims, at: (i) => (tensor.at(i) - zero.at(which(i))) * scale.at(which(i)) });
  }
  return stored;
}

/** Of x: Abramowitz and Stegun have it to 1e-7 only, so the series, or the continued fraction where that is slow. */
function erf(x) {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 3) {
    let term = x, sum = x;
    for (let n = 1; n < 80; ++n) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; --n) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
}

/** last_hidden_state, flat: batch x sequence x width. */
export function runInDoubles(weights, { layers, heads }, inputs) {
  return inputs.input_ids.flatMap((ids, text) =>
    runText(weights, layers, heads, ids, inputs.attention_mask[text], inputs.token_type_ids[text]).flatMap((row) => [...row]));
}

function runText(weights, layers, heads, ids, mask, types) {
  const row = (name, index) => {
    const { dims: [, width], at } = weights.get(name);
    return Float64Array.from({ length: width }, (_, i) => at(index * width + i));
  };
  const plus = (a, b) => a.map((value, i) => value + b[i]);
  const named = (name) => {
    const found = weights.get(name) ?? weights.get(name.replace(/^blk\.\d+/, "blk.0"));
    if (!found) throw new Error(`the file has no ${name}`);
    return found;
  };
  const normalize = (x, name) => {
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    const weight = named(`${name}.weight`), bias = named(`${name}.bias`);
    return x.map((value, i) => (value - mean) / Math.sqrt(variance + 1e-12) * weight.at(i) + bias.at(i));
  };
  /** Each row by the matrix, which is read once. */
  const product = (rows, name) => {
    const { dims: [depth, width], at } = named(`${name}.weight`), bias = named(`${name}.bias`);
    const results = rows.map(() => Float64Array.from({ length: width }, (_, i) => bias.at(i)));
    for (let k = 0; k < depth; ++k)
      for (let j = 0; j < width; ++j) {
        const value = at(k * width + j);
        for (let r = 0; r < rows.length; ++r) results[r][j] += rows[r][k] * value;
      }
    return results;
  };
  const attend = (rows, prefix) => {
    const [q, k, v] = ["attn_q", "attn_k", "attn_v"].map((part) => product(rows, prefix + part));
    const width = q[0].length, dim = width / heads;
    const seen = rows.map((_, from) => {
      const sum = new Float64Array(width);
      for (let head = 0; head < heads; ++head) {
        const dot = (to) => {
          let total = 0;
          for (let i = head * dim; i < (head + 1) * dim; ++i) total += q[from][i] * k[to][i];
          return total / Math.sqrt(dim);
        };
        const shares = rows.map((_, to) => (mask[to] ? Math.exp(dot(to)) : 0));
        const all = shares.reduce((a, b) => a + b);
        for (let i = head * dim; i < (head + 1) * dim; ++i)
          rows.forEach((_, to) => { sum[i] += shares[to] / all * v[to][i]; });
      }
      return sum;
    });
    return product(seen, `${prefix}attn_output`);
  };

  let rows = ids.map((id, place) => {
    const sum = plus(row("token_embd.weight", id), row("position_embd.weight", place));
    const table = weights.get("token_types.weight");
    return normalize(table ? plus(sum, row("token_types.weight", table.dims[0] > 1 ? types[place] : 0)) : sum,
                     "token_embd_norm");
  });
  if (weights.has("embedding_projection.weight")) rows = product(rows, "embedding_projection");
  for (let layer = 0; layer < layers; ++layer) {
    const prefix = `blk.${layer}.`;
    const attended = attend(rows, prefix).map((x, i) => normalize(plus(x, rows[i]), `${prefix}attn_output_norm`));
    const up = product(attended, `${prefix}ffn_up`).map((x) => x.map((v) => v / 2 * (1 + erf(v * Math.SQRT1_2))));
    rows = product(up, `${prefix}ffn_down`).map((x, i) => normalize(plus(x, attended[i]), `${prefix}layer_output_norm`));
  }
  return rows;
}
