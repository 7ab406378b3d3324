// node quantize.test.mjs TENSOR_FORMATS NPM_FOLDER [all]: holds the quantizer's rule to llama.cpp's own quantizer, as
// the npm package node-llama-cpp ships it. Each model is a GGUF file of true shape and no data (a hole on the disk);
// the quantizer is asked for a dry run of every mix, with and without an importance matrix, and its log names each
// tensor's format. `all`: every model of the catalogue, some minutes. Exits 0 when all agree, 1 when not, 77 when the
// package is missing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEngine } from "./llamacpp.mjs";

const [tensorFormats, npmFolder, ...which] = process.argv.slice(2);

/** The shipped quantizer. Its parameters are an opaque block that it fills itself; the fields set are checked first. */
function openQuantizer() {
  const { koffi, llama, recorded } = openEngine(npmFolder);
  koffi.struct("Parameters", { bytes: koffi.array("uint8", 128) });
  const defaults = llama("Parameters llama_model_quantize_default_params()");
  const quantize = llama("uint32 llama_model_quantize(const char *from, const char *to, Parameters *parameters)");

  // An importance matrix with one entry, of a tensor that no model has: the rule asks only whether there is one.
  const Entry = koffi.struct("Entry", { name: "const char *", data: "float *", size: "size_t" });
  const one = koffi.alloc("float", 1);
  koffi.encode(one, "float", 1);
  const matrix = koffi.alloc(Entry, 2);
  const entries = [{ name: "none", data: one, size: 1 }, { name: null, data: null, size: 0 }];
  koffi.encode(matrix, koffi.array(Entry, 2), entries);

  /** Tensor names with the formats they would have, or the sentence with which the quantizer refuses. */
  return (file, number, withMatrix) => {
    const parameters = Uint8Array.from(defaults().bytes);
    const view = new DataView(parameters.buffer);
    assert.equal(view.getInt32(4, true), 7, "the file type is not where it was in llama.cpp v0.5.0");
    assert.equal(view.getUint8(17), 1, "quantize_output_tensor is not where it was in llama.cpp v0.5.0");
    view.setInt32(0, 1, true);  // threads
    view.setInt32(4, number, true);
    view.setUint8(21, 1);  // dry run
    if (withMatrix) view.setBigUint64(24, BigInt(koffi.address(matrix)), true);
    const { value: failed, said } = recorded(() => quantize(file, `${file}.out`, { bytes: parameters }));
    if (failed) return { refusal: /failed to quantize: (.*)/.exec(said)?.[1] ?? said };
    const formats = new Map();
    for (const line of said.matchAll(/\[ *\d+\/ *\d+\] +(\S+) +- \[[^\]]*\], type = +(\w+), (?:[^\n]*\((\w+)\)\n)?/g))
      formats.set(line[1], line[3] ?? line[2]);
    return { formats };
  };
}

/** A GGUF header: the architecture's numbers and the tensors, all of 16 bits but for vectors. */
function writeModel(file, model) {
  const parts = [];
  const u32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); parts.push(bytes); };
  const u64 = (value) => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); parts.push(bytes); };
  const text = (value) => { u64(Buffer.byteLength(value)); parts.push(Buffer.from(value)); };
  const f32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeFloatLE(value); parts.push(bytes); };
  const facts = Object.entries(metadata(model));
  parts.push(Buffer.from("GGUF"));
  u32(3);
  u64(model.tensors.length);
  u64(facts.length + 1);
  text("general.architecture");
  u32(8);
  text(model.architecture);
  for (const [name, value] of facts) {
    text(`${model.architecture}.${name}`);
    if (Array.isArray(value)) { u32(9); u32(4); u64(value.length); value.forEach(u32); }
    else if (typeof value === "object") { u32(6); f32(value.float); }
    else if (typeof value === "boolean") { u32(7); parts.push(Buffer.from([value ? 1 : 0])); }
    else { u32(4); u32(value); }
  }
  let offset = 0n;
  for (const { name, dims } of model.tensors) {
    const f16 = dims.length > 1;
    text(name);
    u32(dims.length);
    dims.forEach(u64);
    u32(f16 ? 1 : 0);
    u64(offset);
    const bytes = dims.reduce((product, count) => product * BigInt(count), f16 ? 2n : 4n);
    offset += (bytes + 31n) / 32n * 32n;
  }
  const header = Buffer.concat(parts);
  writeFileSync(file, header);
  truncateSync(file, Number(BigInt(header.length + 31 >> 5 << 5) + offset));
}

/** What every architecture's loader asks for, without the prefix; more than any one needs. */
function metadata(model) {
  const numbers = {
    "vocab_size": model.vocab, "context_length": 2048, "embedding_length": model.width,
    "block_count": model.encoder_layers || model.layers, "feed_forward_length": model.ffn_width,
    "attention.head_count": model.heads, "attention.head_count_kv": model.kv_heads_of_layers ?? model.kv_heads,
    "attention.key_length": model.head_dim, "attention.value_length": model.head_dim,
    "attention.layer_norm_rms_epsilon": { float: 1e-5 }, "attention.layer_norm_epsilon": { float: 1e-5 },
    "attention.sliding_window": 1024, "attention.relative_buckets_count": 32,
    "attention.q_lora_rank": 768, "attention.kv_lora_rank": model.kv_lora_rank, "rope.dimension_count": model.head_dim,
    "expert_feed_forward_length": model.ffn_width, "expert_shared_count": 1, "leading_dense_block_count": 1,
    "ssm.conv_kernel": 4, "ssm.inner_size": 2 * model.width, "ssm.state_size": 16, "ssm.time_step_rank": 64,
    "ssm.group_count": 1, "shortconv.l_cache": 3, "logit_scale": { float: 1 }, "interleave_moe_layer_step": 1,
    "attention.max_alibi_bias": { float: 8 }, "decoder_block_count": model.layers, "use_parallel_residual": true,
    "rope.dimension_sections": [16, 24, 24, 0], "attention.sliding_window_pattern": Array(model.layers).fill(1),
    "expert_gating_func": 1, "attention.clamp_kqv": { float: 8 }, "attention.key_length_mla": 192,
    "attention.value_length_mla": 128, "attention.indexer.head_count": 32, "attention.indexer.key_length": 128,
    "attention.indexer.top_k": 2048, "full_attention_interval": 4, "kda.head_dim": 128,
    "embedding_length_per_layer_input": 256, "attention.shared_kv_layers": 0,
    "attention.key_length_swa": model.head_dim, "attention.value_length_swa": model.head_dim,
  };
  if (model.experts) {
    numbers["expert_count"] = model.experts;
    numbers["expert_used_count"] = model.experts_active;
  }
  if (!model.kv_lora_rank)
    for (const part of ["kv_lora_rank", "key_length_mla", "value_length_mla"]) delete numbers[`attention.${part}`];
  return numbers;
}

const dryRun = openQuantizer();
const folder = mkdtempSync(path.join(tmpdir(), "weighin-quantize-"));
const lines = execFileSync(tensorFormats, which, { maxBuffer: 2 ** 31 }).toString().trim().split("\n");
let compared = 0, refused = 0, wrong = 0;
const unknown = new Set();
for (const model of lines.map(JSON.parse)) {
  const file = path.join(folder, "model.gguf");
  writeModel(file, model);
  for (const mix of model.mixes) {
    const { formats, refusal } = dryRun(file, mix.number, mix.imatrix);
    if (refusal) {
      if (/no tensor type fallback/.test(refusal)) ++refused;
      else unknown.add(/file type/.test(refusal) ? `${mix.name}: ${refusal}` : `${model.model}: ${refusal}`);
      continue;
    }
    model.tensors.forEach(({ name, dims }, i) => {
      if (dims.length === 1) return;  // as the converter made it
      const real = formats.get(name);
      // What the quantizer leaves as it is was written here in f16, where the converter chooses f32 or bf16.
      const same = real === mix.formats[i] || (real === "f16" && ["f32", "bf16"].includes(mix.formats[i]));
      ++compared;
      if (same) return;
      if (++wrong > 40) return;
      const how = mix.imatrix ? " with imatrix" : "";
      console.error(`${model.model}, ${mix.name}${how}: ${name} is ${real}, not ${mix.formats[i]}`);
    });
  }
  rmSync(file);
}
rmSync(folder, { recursive: true });
for (const sentence of unknown) console.log(`not asked: ${sentence}`);
console.log(`${lines.length} models, ${compared} tensors compared, ${refused} files refused by the quantizer, ` +
            `${wrong} wrong`);
assert.ok(compared > 100000);
process.exit(wrong ? 1 : 0);
