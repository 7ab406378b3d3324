// llama.cpp's C interface by koffi: the one driver of bench.mjs and of the tests beside the engine (tests/engine).
//
// Parameter structs are blocks of bytes that the library fills itself; a few fields are set by their offsets in release
// v0.5.0 (node-llama-cpp 3.22.1, 64-bit). Defaults at the offsets are checked first, so that another release is refused
// and not misread.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const platform = `${process.platform}-${process.arch}`;

/// llama.cpp is not installed, or in a release that is not known here.
export class Unusable extends Error {}

/// Fields of include/llama.h's structs: the byte, and the defaults there of the releases that are known. Of 32 bits,
/// but for the flags.
const modelFields = { n_gpu_layers: { at: 16 }, load_mode: { at: 24, known: [-1, 1] }, lazy_mode: { at: 28 } };
const contextFields = { n_ctx: { at: 0, known: [512] }, n_batch: { at: 4 }, n_ubatch: { at: 8, known: [512] },
  n_threads: { at: 28 }, n_threads_batch: { at: 32 }, flash_attn_type: { at: 52, known: [-1] },
  type_k: { at: 104, known: [1] }, type_v: { at: 108 }, swa_full: { at: 132, flag: true } };
/// ggml's numbers of types that a KV cache may have.
const cacheTypes = { f16: 1, q8_0: 8 };

/// A build's npm folders, and this one.
function usualFolders() {
  const builds = path.resolve(here, "../../../build");
  return [here, ...(existsSync(builds) ? readdirSync(builds).map((build) => path.join(builds, build, "npm")) : [])];
}

function packages(folders) {
  for (const folder of [process.env.WEIGHIN_ENGINE, ...folders].filter(Boolean)) {
    const modules = path.join(path.resolve(folder), "node_modules");
    const engine = path.join(modules, "@node-llama-cpp", platform);
    if (existsSync(path.join(engine, "package.json")) && existsSync(path.join(modules, "koffi"))) return { modules, engine };
  }
  throw new Unusable(`llama.cpp is not installed: no npm packages @node-llama-cpp/${platform} and koffi; ` +
    `fetch them with ${path.join(here, "run")} --install`);
}

/// Opens the libraries of the folder that WEIGHIN_ENGINE names, else of the first of `folders` that has them; calls
/// `beforeLoading` when all that is not llama.cpp's has been loaded. Throws Unusable. Once a process.
export function openLlamacpp({ folders = usualFolders(), beforeLoading = () => {} } = {}) {
  const { modules, engine } = packages(folders);
  const libraries = path.join(engine, "bins", platform);
  const koffi = createRequire(path.join(modules, "package.json"))("koffi");
  const named = (name) => {
    const pattern = new RegExp(`^lib${name}\\.(v[\\d.]+\\.)?(so|dylib)$`);
    const file = readdirSync(libraries).find((candidate) => pattern.test(candidate));
    if (!file) throw new Error(`${engine} holds no lib${name}`);
    return koffi.load(path.join(libraries, file));
  };
  koffi.struct("ModelParams", { bytes: koffi.array("uint8", 512) });
  koffi.struct("ContextParams", { bytes: koffi.array("uint8", 512) });
  koffi.struct("PoolParams", { bytes: koffi.array("uint8", 1024) });
  koffi.struct("Batch", { n: "int32", token: "int32 *", embd: "void *", pos: "void *", nseq: "void *", seq: "void *",
    logits: "void *" });
  beforeLoading();
  const base = named("ggml-base"), ggml = named("ggml"), llama = named("llama");
  const bound = new Map();
  const call = (library, signature) => {
    if (!bound.has(signature)) bound.set(signature, library.func(signature));
    return bound.get(signature);
  };
  let log = [];
  const listener = koffi.register((level, text) => { log.push(text); },
    koffi.pointer(koffi.proto("void Log(int level, const char *text, void *user)")));
  call(llama, "void llama_log_set(Log *callback, void *user)")(listener, null);
  call(ggml, "void ggml_backend_load_all_from_path(const char *folder)")(libraries);
  call(llama, "void llama_backend_init()")();

  /// What `work` returns, and what llama.cpp logged meanwhile.
  const recorded = (work) => {
    log = [];
    const value = work();
    return { value, said: log.join("") };
  };
  const last = () => log.join("").split("\n").map((line) => line.trimEnd()).filter(Boolean).slice(-3).join("; ");
  /// Makes parameter structs: the library's defaults but for the fields that are given.
  const parameters = (signature, fields) => {
    const defaults = Uint8Array.from(call(llama, signature)().bytes), read = new DataView(defaults.buffer);
    for (const [name, { at, known }] of Object.entries(fields)) {
      const value = read.getInt32(at, true);
      if (known && !known.includes(value))
        throw new Unusable(`another release of llama.cpp: ${name} is ${value} by default at byte ${at}`);
    }
    return (values) => {
      const bytes = defaults.slice(), view = new DataView(bytes.buffer);
      for (const [name, value] of Object.entries(values)) {
        const { at, flag } = fields[name];
        if (flag) view.setUint8(at, value);
        else view.setInt32(at, value, true);
      }
      return { bytes };
    };
  };
  const modelParameters = parameters("ModelParams llama_model_default_params()", modelFields);
  const contextParameters = parameters("ContextParams llama_context_default_params()", contextFields);

  /// The file of the CPU build in use, from this process's own memory map; null where there is no such map.
  const cpuLibrary = () => {
    if (!existsSync("/proc/self/maps")) return null;
    return /\/.*libggml-cpu[-\w.]*\.so/.exec(readFileSync("/proc/self/maps", "utf8"))?.[0] ?? null;
  };
  const description = (model) => {
    const buffer = Buffer.alloc(256);
    call(llama, "int llama_model_desc(void *m, void *buffer, size_t n)")(model, buffer, buffer.length);
    return buffer.toString("utf8", 0, buffer.indexOf(0));
  };
  return {
    package: `node-llama-cpp ${JSON.parse(readFileSync(path.join(engine, "package.json"), "utf8")).version}`,
    release: JSON.parse(readFileSync(path.join(libraries, "_nlcBuildMetadata.json"), "utf8")).buildOptions.llamaCpp.release,
    /// For what is not here: koffi, libllama's function of a signature, and `recorded`.
    koffi,
    llama: (signature) => call(llama, signature),
    recorded,
    cpuVariant() {
      const file = cpuLibrary();
      return file ? /libggml-cpu-?([-\w.]*)\.so/.exec(file)[1] || "the only one" : null;
    },
    /// The backends and devices that were loaded, as ggml lists them.
    backends() {
      const count = call(ggml, "size_t ggml_backend_reg_count()")();
      return Array.from({ length: Number(count) }, (_, i) => call(ggml, "const char *ggml_backend_reg_name(void *reg)")(
        call(ggml, "void *ggml_backend_reg_get(size_t index)")(i)));
    },
    devices() {
      const count = call(ggml, "size_t ggml_backend_dev_count()")();
      return Array.from({ length: Number(count) }, (_, i) => {
        const device = call(ggml, "void *ggml_backend_dev_get(size_t index)")(i);
        return { gpu: [1, 2].includes(call(base, "int ggml_backend_dev_type(void *device)")(device)),
          name: call(base, "const char *ggml_backend_dev_description(void *device)")(device) };
      });
    },
    /// `lazy`: whether large tables of rows are read on demand; where it is not given, as the release has it.
    load(file, { mmap, gpuLayers = 0, lazy }) {
      const fields = { n_gpu_layers: gpuLayers, load_mode: mmap ? 1 : 0 };
      if (lazy !== undefined) fields.lazy_mode = lazy ? 2 : 0;
      const { value: model } = recorded(() => call(llama,
        "void *llama_model_load_from_file(const char *path, ModelParams p)")(file, modelParameters(fields)));
      if (!model) throw new Error(`llama.cpp did not load ${file}: ${last()}`);
      const vocabulary = call(llama, "void *llama_model_get_vocab(void *m)")(model);
      return { model, type: description(model),
        size: Number(call(llama, "uint64 llama_model_size(void *m)")(model)),
        parameters: Number(call(llama, "uint64 llama_model_n_params(void *m)")(model)),
        vocabulary: call(llama, "int llama_vocab_n_tokens(void *v)")(vocabulary),
        free() { call(llama, "void llama_model_free(void *m)")(model); } };
    },
    /// A context with threads of its own that wait for work, as llama-bench has them. `flash`: flash attention; where it
    /// is not given, as llama.cpp chooses. `cache`: the KV cache's type.
    context({ model }, { tokens, batch, microBatch, threads, flash, cache = "f16" }) {
      const fields = { n_ctx: tokens, n_batch: batch, n_ubatch: microBatch, n_threads: threads, n_threads_batch: threads,
        type_k: cacheTypes[cache], type_v: cacheTypes[cache],
        swa_full: 0 };  // a window's cache holds the window, as llama-bench has it
      if (flash !== undefined) fields.flash_attn_type = flash ? 1 : 0;
      const { value: context, said } = recorded(() => call(llama,
        "void *llama_init_from_model(void *m, ContextParams p)")(model, contextParameters(fields)));
      if (!context) throw new Error(`llama.cpp made no context of ${tokens} tokens: ${last()}`);
      const file = cpuLibrary(), cpu = file && koffi.load(file);
      let pool = null;
      if (cpu) {
        pool = call(cpu, "void *ggml_threadpool_new(PoolParams *p)")(
          call(base, "PoolParams ggml_threadpool_params_default(int threads)")(threads));
        call(llama, "void llama_attach_threadpool(void *c, void *pool, void *batchPool)")(context, pool, null);
      }
      const memory = call(llama, "void *llama_get_memory(void *c)")(context);
      return {
        said,  // while it was made: its buffers' sizes, its graph
        flashAttention: /FLASH_ATTN_EXT/.test(said) || /Flash Attention was auto, set to enabled/i.test(said),
        /// Tokens after those in the cache; the last one's logits are computed.
        decode(tokens) {
          // The engine keeps the address: memory that JavaScript does not move.
          const ids = koffi.alloc("int32", tokens.length);
          koffi.encode(ids, koffi.array("int32", tokens.length), tokens);
          const batch = call(llama, "Batch llama_batch_get_one(int32 *tokens, int32 n)")(ids, tokens.length);
          const status = call(llama, "int llama_decode(void *c, Batch b)")(context, batch);
          if (status !== 0) throw new Error(`llama_decode returned ${status}: ${last()}`);
          call(llama, "void llama_synchronize(void *c)")(context);
          koffi.free(ids);
        },
        /// Those of the last token decoded.
        logits(vocabulary) {
          const at = call(llama, "void *llama_get_logits_ith(void *c, int32 i)")(context, -1);
          return Float32Array.from(koffi.decode(at, koffi.array("float", vocabulary)));
        },
        clear() { call(llama, "void llama_memory_clear(void *m, bool data)")(memory, false); },
        /// Keeps the first `tokens`; false where the model's state cannot be cut.
        keep(tokens) {
          return call(llama, "bool llama_memory_seq_rm(void *m, int sequence, int from, int to)")(memory, 0, tokens, -1);
        },
        free() {
          call(llama, "void llama_free(void *c)")(context);
          if (pool) call(cpu, "void ggml_threadpool_free(void *p)")(pool);
        },
      };
    },
  };
}
