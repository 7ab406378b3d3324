// Bugs that somebody could make, for scripts/mutate: each is one small edit. `text` stands once in `file` (a bug whose text
// is gone stops the script: write it anew for the code as it is), `replacement` takes its place, and the `tests` beside it
// are run until one fails: "test_models" is that whole program, "test_kernels:FILTER" what GoogleTest's filter leaves of it,
// "ctest:REGEX" a test of another kind. `quick`: .ci/run plants it.
// Each top folder has a file of its own.
import { bugs as models } from "./bugs/models.mjs";
import { bugs as probes } from "./bugs/probes.mjs";
import { bugs as kernels } from "./bugs/kernels.mjs";
import { bugs as results } from "./bugs/results.mjs";
import { bugs as harness } from "./bugs/harness.mjs";

export const bugs = [...models, ...probes, ...kernels, ...results, ...harness];
