// llama.cpp's C interface by koffi, as far as a bench needs it.
//
// Parameter structs are blocks of bytes that the library fills itself; a few fields are set by their offsets in release
// v0.5.0 (node-llama-cpp 3.22.1, 64-bit). Each offset's default is checked first, so that another release is refused and
// not misread.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const platform = `${process.platform}-${process.arch}`;

function packages() {
  const root = path.resolve(here, "../../..");
  const builds = path.join(root, "build");
  const folders = [process.env.WEIGHIN_ENGINE, here,
    ...(existsSync(builds) ? readdirSync(builds).map((build) => path.join(builds, build, "npm")) : [])];
  for (const folder of folders.filter(Boolean)) {
    const modules = path.join(path.resolve(folder), "node_modules");
    const engine = path.join(modules, "@node-llama-cpp", platform);
    if (existsSync(path.join(engine, "package.json")) && existsSync(path.join(modules, "koffi"))) return { modules, engine };
  }
  throw new Error(`llama.cpp is not installed: no npm packages @node-llama-cpp/${platform} and koffi; ` +
    `fetch them with ${path.join(here, "run")} --install`);
}

/// Opens the libraries; calls `beforeLoading` when all that is not llama.cpp's has been loaded.
export function openLlamacpp(beforeLoading) {
  const { modules, engine } = packages();
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
  const log = [];
  const listener = koffi.register((level, text) => { if (text.trim()) log.push(text.trimEnd()); },
    koffi.pointer(koffi.proto("void Log(int level, const char *text, void *user)")));
  call(llama, "void llama_log_set(Log *callback, void *user)")(listener, null);
  call(ggml, "void ggml_backend_load_all_from_path(const char *folder)")(libraries);
  call(llama, "void llama_backend_init()")();

  const last = () => log.slice(-3).join("; ");
  const expect = (view, offset, allowed, what) => {
    const value = view.getInt32(offset, true);
    if (!allowed.includes(value))
      throw new Error(`another release of llama.cpp: ${what} is ${value} by default at byte ${offset}`);
  };
  /// The file of the CPU build in use, from this process's own memory map; null where there is no such map.
  const cpuLibrary = () => {
    if (!existsSync("/proc/self/maps")) return null;
    return /\S*libggml-cpu[-\w.]*\.so/.exec(readFileSync("/proc/self/maps", "utf8"))?.[0] ?? null;
  };
  const description = (model) => {
    const buffer = Buffer.alloc(256);
    call(llama, "int llama_model_desc(void *m, void *buffer, size_t n)")(model, buffer, buffer.length);
    return buffer.toString("utf8", 0, buffer.indexOf(0));
  };
  return {
    package: `node-llama-cpp ${JSON.parse(readFileSync(path.join(engine, "package.json"), "utf8")).version}`,
    release: JSON.parse(readFileSync(path.join(libraries, "_nlcBuildMetadata.json"), "utf8")).buildOptions.llamaCpp.release,
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
    load(file, { mmap, gpuLayers }) {
      const bytes = Uint8Array.from(call(llama, "ModelParams llama_model_default_params()")().bytes);
      const view = new DataView(bytes.buffer);
      expect(view, 24, [-1, 1], "the load mode");
      view.setInt32(16, gpuLayers, true);
      view.setInt32(24, mmap ? 1 : 0, true);
      const model = call(llama, "void *llama_model_load_from_file(const char *path, ModelParams p)")(file, { bytes });
      if (!model) throw new Error(`llama.cpp did not load ${file}: ${last()}`);
      const vocabulary = call(llama, "void *llama_model_get_vocab(void *m)")(model);
      return { model, type: description(model),
        size: Number(call(llama, "uint64 llama_model_size(void *m)")(model)),
        parameters: Number(call(llama, "uint64 llama_model_n_params(void *m)")(model)),
        vocabulary: call(llama, "int llama_vocab_n_tokens(void *v)")(vocabulary) };
    },
    /// A context with threads of its own that wait for work, as llama-bench has them.
    context({ model }, { tokens, batch, microBatch, threads }) {
      const bytes = Uint8Array.from(call(llama, "ContextParams llama_context_default_params()")().bytes);
      const view = new DataView(bytes.buffer);
      expect(view, 0, [512], "n_ctx");
      expect(view, 8, [512], "n_ubatch");
      expect(view, 52, [-1], "flash attention");
      expect(view, 104, [1], "type_k");
      view.setUint32(0, tokens, true);
      view.setUint32(4, batch, true);
      view.setUint32(8, microBatch, true);
      for (const offset of [28, 32]) view.setInt32(offset, threads, true);
      view.setUint8(132, 0);  // a window's cache holds the window, as llama-bench has it
      const context = call(llama, "void *llama_init_from_model(void *m, ContextParams p)")(model, { bytes });
      if (!context) throw new Error(`llama.cpp made no context of ${tokens} tokens: ${last()}`);
      const file = cpuLibrary();
      let pool = null;
      if (file) {
        const cpu = koffi.load(file);
        pool = call(cpu, "void *ggml_threadpool_new(PoolParams *p)")(
          call(base, "PoolParams ggml_threadpool_params_default(int threads)")(threads));
        call(llama, "void llama_attach_threadpool(void *c, void *pool, void *batchPool)")(context, pool, null);
      }
      const memory = call(llama, "void *llama_get_memory(void *c)")(context);
      return {
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
        clear() { call(llama, "void llama_memory_clear(void *m, bool data)")(memory, false); },
        /// Keeps the first `tokens`; false where the model's state cannot be cut.
        keep(tokens) {
          return call(llama, "bool llama_memory_seq_rm(void *m, int sequence, int from, int to)")(memory, 0, tokens, -1);
        },
        flashAttention: () => log.some((line) => /FLASH_ATTN_EXT/.test(line)) ||
          log.some((line) => /Flash Attention was auto, set to enabled/i.test(line)),
        free() {
          call(llama, "void llama_free(void *c)")(context);
          if (pool) call(koffi.load(file), "void ggml_threadpool_free(void *p)")(pool);
        },
      };
    },
  };
}
