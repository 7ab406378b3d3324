// llama.cpp itself, as the npm package node-llama-cpp ships it, driven through its C interface by koffi.
//
// The packages @node-llama-cpp/PLATFORM and koffi are looked for in the build's npm folder, and in the folder that
// WEIGHIN_ENGINE names; where they are missing the process exits with 77. Parameter structs are opaque blocks that the
// library fills itself; fields are set by offset, and the defaults there are checked first, so that another release is
// refused and not misread.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

function skip(why) {
  console.log(`SKIPPED, nothing was compared with llama.cpp: ${why}`);
  process.exit(77);
}

function packages(npmFolder) {
  const platform = `${process.platform}-${process.arch}`;
  for (const folder of [process.env.WEIGHIN_ENGINE, npmFolder]) {
    if (!folder) continue;
    const modules = path.join(path.resolve(folder), "node_modules");
    const libraries = path.join(modules, "@node-llama-cpp", platform, "bins", platform);
    if (existsSync(libraries) && existsSync(path.join(modules, "koffi"))) return { modules, libraries };
  }
  return skip(`npm packages @node-llama-cpp/${platform} and koffi are in none of WEIGHIN_ENGINE and ${npmFolder}`);
}

export function openEngine(npmFolder) {
  const { modules, libraries } = packages(npmFolder);
  const koffi = createRequire(path.join(modules, "package.json"))("koffi");
  const library = (name) => {
    const pattern = new RegExp(`^${name}\\.(v[\\d.]+\\.)?so$`);
    return koffi.load(path.join(libraries, readdirSync(libraries).find((file) => pattern.test(file))));
  };
  library("libggml-base");
  const ggml = library("libggml"), llama = library("libllama");
  koffi.struct("ModelParams", { bytes: koffi.array("uint8", 512) });
  koffi.struct("ContextParams", { bytes: koffi.array("uint8", 512) });
  koffi.struct("Batch", { n: "int32", token: "int32 *", embd: "void *", pos: "void *", nseq: "void *", seq: "void *",
    logits: "void *" });
  const log = koffi.proto("void Log(int level, const char *text, void *user)");
  let lines = [];
  const listener = koffi.register((level, text) => lines.push(text.trimEnd()), koffi.pointer(log));
  llama.func("void llama_log_set(Log *callback, void *user)")(listener, null);
  ggml.func("void ggml_backend_load_all_from_path(const char *folder)")(libraries);
  llama.func("void llama_backend_init()")();
  const known = new Map();
  const call = (signature) => {
    if (!known.has(signature)) known.set(signature, llama.func(signature));
    return known.get(signature);
  };
  const modelDefaults = call("ModelParams llama_model_default_params()");
  const contextDefaults = call("ContextParams llama_context_default_params()");
  const expect = (view, offset, allowed, what) => {
    const value = view.getInt32(offset, true);
    if (!allowed.includes(value)) skip(`another release of llama.cpp: ${what} is ${value} by default at byte ${offset}`);
  };
  return {
    load(file, mmap) {
      const bytes = Uint8Array.from(modelDefaults().bytes), view = new DataView(bytes.buffer);
      expect(view, 24, [-1, 1], "the load mode");
      view.setInt32(16, 0, true);
      view.setInt32(24, mmap ? 1 : 0, true);
      view.setInt32(28, 0, true);
      const model = call("void *llama_model_load_from_file(const char *path, ModelParams p)")(file, { bytes });
      assert.ok(model, `llama.cpp did not load ${file}:\n${lines.slice(-4).join("\n")}`);
      return { model, bytes: Number(call("uint64 llama_model_size(void *m)")(model)) };
    },
    context(model, { context, batch, flash, cache, threads = 2 }) {
      lines = [];
      const bytes = Uint8Array.from(contextDefaults().bytes), view = new DataView(bytes.buffer);
      expect(view, 0, [512], "n_ctx");
      expect(view, 8, [512], "n_ubatch");
      expect(view, 104, [1], "type_k");
      for (const offset of [4, 8]) view.setUint32(offset, batch, true);
      view.setUint32(0, context, true);
      for (const offset of [28, 32]) view.setInt32(offset, threads, true);
      view.setInt32(52, flash ? 1 : 0, true);
      for (const offset of [104, 108]) view.setInt32(offset, cache, true);
      view.setUint8(132, 0);  // a window's cache holds the window
      const made = call("void *llama_init_from_model(void *m, ContextParams p)")(model, { bytes });
      assert.ok(made, `llama.cpp made no context:\n${lines.slice(-4).join("\n")}`);
      const sum = (pattern) => lines.reduce((total, line) => total + Number(pattern.exec(line)?.[1] ?? 0), 0);
      return { made, kv: sum(/(?:KV|RS) buffer size\s*=\s*([\d.]+) MiB/), compute: sum(/compute buffer size\s*=\s*([\d.]+) MiB/) };
    },
    /// Positions follow the cache; the last token gives logits.
    decode(context, tokens) {
      // The engine keeps the address: memory that JavaScript does not move.
      const ids = koffi.alloc("int32", tokens.length);
      koffi.encode(ids, koffi.array("int32", tokens.length), tokens);
      const batch = call("Batch llama_batch_get_one(int32 *tokens, int32 n)")(ids, tokens.length);
      assert.equal(call("int llama_decode(void *c, Batch b)")(context, batch), 0);
      call("void llama_synchronize(void *c)")(context);
    },
    logits(context, vocabulary) {
      const at = call("void *llama_get_logits_ith(void *c, int32 i)")(context, -1);
      return Float32Array.from(koffi.decode(at, koffi.array("float", vocabulary)));
    },
    free(context) { call("void llama_free(void *c)")(context); },
    freeModel(model) { call("void llama_model_free(void *m)")(model); },
  };
}
