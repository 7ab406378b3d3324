// ONNX graphs of one operation, many times in a row, as bytes: protobuf's wire format by hand. Field numbers:
// github.com/onnx/onnx, onnx/onnx.proto; wire format: protobuf.dev/programming-guides/encoding.

export const types = { f32: 1, u8: 2, i8: 3, i64: 7, f16: 10 };
const typeBytes = { 1: 4, 2: 1, 3: 1, 7: 8, 10: 2 };

function varint(value) {
  const bytes = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const block = (field, ...parts) => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(field << 3 | 2), varint(length), ...parts]);
};
const text = (field, value) => block(field, Buffer.from(value));

function attribute(name, value) {
  if (Array.isArray(value))
    return block(5, text(1, name), ...value.map((one) => number(8, one)), number(20, 7));
  if (typeof value === "object") {  // { float }
    const bytes = Buffer.alloc(5);
    bytes[0] = 2 << 3 | 5;
    bytes.writeFloatLE(value.float, 1);
    return block(5, text(1, name), bytes, number(20, 1));
  }
  return block(5, text(1, name), number(3, value), number(20, 2));
}

/// A graph that is put together in the order of computation.
export class Graph {
  #nodes = []; #tensors = []; #inputs = []; #outputs = [];

  #value(name, type, dimensions) {
    const shape = dimensions.map((one) => block(1, typeof one === "string" ? text(2, one) : number(1, one)));
    return [text(1, name), block(2, block(1, number(1, type), block(2, ...shape)))];
  }
  /// A dimension is a number, or the name of one that is not known before the graph runs.
  input(name, type, dimensions) { this.#inputs.push(block(11, ...this.#value(name, type, dimensions))); return name; }
  output(name, type, dimensions) { this.#outputs.push(block(12, ...this.#value(name, type, dimensions))); }
  /// The node is called as its first output.
  node(operation, inputs, outputs, attributes = {}, domain = "") {
    outputs = [outputs].flat();
    this.#nodes.push(block(1, ...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)),
      text(3, outputs[0]), text(4, operation), ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      ...(domain ? [text(7, domain)] : [])));
    return outputs[0];
  }
  /// A constant with the values of a typed array.
  constant(name, type, dimensions, values) {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const count = dimensions.reduce((product, one) => product * one, 1);
    if (bytes.length !== count * typeBytes[type]) throw new Error(`${name} has ${bytes.length} bytes`);
    this.#tensors.push(block(5, ...dimensions.map((one) => number(1, one)), number(2, type), text(8, name), block(9, bytes)));
    return name;
  }
  /// IR version 8 and opset 17, as weighin's synthetic files have; com.microsoft for ONNX Runtime's own operations.
  bytes() {
    const graph = block(7, ...this.#nodes, text(2, "operation"), ...this.#tensors, ...this.#inputs, ...this.#outputs);
    return Buffer.concat([number(1, 8), graph, block(8, number(2, 17)), block(8, text(1, "com.microsoft"), number(2, 1))]);
  }
}

/// Halves of floats that are normal as halves, in an array of 16-bit patterns.
export function halves(floats) {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  return Uint16Array.from(bits, (one) => {
    const exponent = (one >>> 23 & 0xff) - 112;
    return exponent <= 0 ? one >>> 16 & 0x8000 : (one >>> 16 & 0x8000) | exponent << 10 | one >>> 13 & 0x3ff;
  });
}
export function floatsOfHalves(bits) {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1, exponent = half >>> 10 & 31, fraction = half & 0x3ff;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
  });
}

/// Floats around zero with the standard deviation `deviation`, always the same ones.
export function random(count, deviation, seed = 1) {
  const values = new Float32Array(count), factor = deviation * Math.sqrt(12) / 2 ** 24;
  let state = seed >>> 0;
  for (let i = 0; i < count; ++i) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    values[i] = ((state >>> 8) - 2 ** 23) * factor;
  }
  return values;
}
