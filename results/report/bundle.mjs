// node bundle.mjs SCRIPT BUNDLE HASH, run in a folder with node_modules: bundles SCRIPT with what it imports, puts
// the licence of every package that went in at the end, and writes the bundle's hash for the page's content policy.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [script, bundleFile, hashFile] = process.argv.slice(2);
const modules = path.join(process.cwd(), "node_modules");
const esbuild = createRequire(path.join(process.cwd(), "package.json"))("esbuild");

const built = await esbuild.build({
  entryPoints: [script],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "eof",
  nodePaths: [modules],
  metafile: true,
  write: false,
});

/** The folder of the npm package a bundled file is from, or null for our own. */
function packageFolder(file) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.resolve(file).replaceAll("\\", "/"));
  return match && match[1];
}

const inputs = Object.values(built.metafile.outputs)
  .flatMap((output) => Object.entries(output.inputs))
  .filter(([, part]) => part.bytesInOutput > 0);
const folders = [...new Set(inputs.map(([file]) => packageFolder(file)).filter(Boolean))].sort();
const packagesByLicence = new Map();
for (const folder of folders) {
  const { name, version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file: it cannot be put into the report`);
  const licence = readFileSync(path.join(folder, file), "utf8").trim().replaceAll("*/", "* /");
  packagesByLicence.set(licence, [...(packagesByLicence.get(licence) ?? []), `${name} ${version}`]);
}
const notices = [...packagesByLicence].map(([licence, names]) => `${names.join(", ")}:\n\n${licence}`);

const code = built.outputFiles[0].text;
// In a page, these would end the script element or hide its end.
const text = `${code}/*\n${notices.join("\n\n----\n\n")}\n*/\n`
  .replaceAll("</script", "<\\/script")
  .replaceAll("<!--", "<\\!--");
writeFileSync(bundleFile, text);
writeFileSync(hashFile, createHash("sha256").update(text).digest("base64"));
