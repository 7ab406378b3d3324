// llama.cpp as tests open it: the driver of scripts/engines/node-llama-cpp on the packages of the folder that
// WEIGHIN_ENGINE names, or of the build's npm folder. Where they are missing, or of another release than the driver
// knows, the process exits with 77.
import { openLlamacpp, Unusable } from "../../scripts/engines/node-llama-cpp/llamacpp.mjs";

export function openEngine(npmFolder) {
  try {
    return openLlamacpp({ folders: [npmFolder] });
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    console.log(`SKIPPED, nothing was compared with llama.cpp: ${error.message}`);
    return process.exit(77);
  }
}
