// Builds app/web/static/dist/: what browsers load, under names that carry the hash of their content, with .gz beside each.
//
//   tabler.css        Tabler, reduced to the classes that our templates, Python and scripts mention
//   alur.css, *.js    ours, from app/web/static/src/
//   htmx.js           htmx
//   bpmn-viewer.*     the viewer of diagrams, only loaded by pages that show one
//   chart.js          charts, only loaded by the page of figures
//   icons.svg         a sprite of the Tabler icons named in icon('…'), or listed in a comment `ikon: nama nama`
//   licenses.txt      what the authors of all this ask to be kept
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { PurgeCSS } from "purgecss";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, "app/web");
const source = join(web, "static/src");
const target = join(web, "static/dist");
const modules = join(root, "node_modules");
const DAY = 24 * 3600 * 1000;

const read = (...parts) => readFileSync(join(...parts), "utf8");

function filesUnder(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending) && !name.includes("__pycache__"))
    .map((name) => join(folder, name))
    .filter((path) => !path.startsWith(target))
    .sort();
}

const mentions = [
  ...filesUnder(join(web, "templates"), ".html"),
  ...filesUnder(web, ".py"),
  ...filesUnder(source, ".js"),
];

async function tabler() {
  const [result] = await new PurgeCSS().purge({
    content: mentions,
    css: [{ raw: read(modules, "@tabler/core/dist/css/tabler.min.css") }],
    dynamicAttributes: ["data-bs-theme", "aria-current", "aria-invalid", "aria-expanded", "open"],
    keyframes: true,
    fontFace: true,
    safelist: { standard: [/^htmx-/], greedy: [/data-bs-theme/] },
  });
  return result.css.replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
}

function iconNames() {
  const names = new Set();
  for (const path of mentions) {
    const text = readFileSync(path, "utf8");
    for (const [, name] of text.matchAll(/\bicon\(\s*['"]([a-z0-9-]+)['"]/g)) names.add(name);
    for (const [, list] of text.matchAll(/\bikon: ([a-z0-9 -]+)/g)) list.trim().split(/ +/).forEach((name) => names.add(name));
  }
  return [...names].sort();
}

function sprite(names) {
  const symbols = names.map((name) => {
    const path = join(modules, "@tabler/icons/icons/outline", `${name}.svg`);
    if (!existsSync(path)) throw new Error(`no Tabler icon is called "${name}"`);
    const body = readFileSync(path, "utf8").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

// What we ship and everything inside it: [{name, version, license, home}].
function shipped() {
  const found = new Map();
  const waiting = ["@tabler/core", "@tabler/icons", "htmx.org", "bpmn-js", "chart.js"];
  while (waiting.length) {
    const name = waiting.shift();
    if (found.has(name) || !existsSync(join(modules, name, "package.json"))) continue;
    const { version, license, homepage, dependencies } = JSON.parse(read(modules, name, "package.json"));
    found.set(name, { name, version, license: (license ?? "").replace(/^SEE LICENSE.*/, "lihat naskahnya"), home: /^https:/.test(homepage ?? "") ? homepage : "" });
    waiting.push(...Object.keys(dependencies ?? {}));
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function licenses() {
  return shipped()
    .map(({ name, version, license }) => {
      const folder = join(modules, name);
      const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
      return `${name} ${version}\n${"=".repeat(60)}\n${file ? read(folder, file) : `License: ${license}\n`}`;
    })
    .join("\n\n");
}

function write(path, content) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

function store(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  const small = gzipSync(content, { level: 9 });
  write(join(target, hashed), content);
  write(join(target, `${hashed}.gz`), small);
  console.log(`  ${hashed.padEnd(36)} ${String(Buffer.byteLength(content)).padStart(8)} ${String(small.length).padStart(8)} gz`);
  return hashed;
}

// A server still running on the last build keeps its files for a day.
function prune(kept) {
  for (const name of readdirSync(target)) {
    const path = join(target, name);
    if (!kept.has(name) && Date.now() - statSync(path).mtimeMs > DAY) unlinkSync(path);
  }
}

mkdirSync(target, { recursive: true });
const icons = iconNames();
const contents = {
  "tabler.css": await tabler(),
  "htmx.js": read(modules, "htmx.org/dist/htmx.min.js"),
  "bpmn-viewer.js": read(modules, "bpmn-js/dist/bpmn-navigated-viewer.production.min.js"),
  "bpmn-viewer.css": ["diagram-js.css", "bpmn-js.css"].map((name) => read(modules, "bpmn-js/dist/assets", name)).join("\n"),
  "chart.js": read(modules, "chart.js/dist/chart.umd.min.js").replace(/\/\/# sourceMappingURL=.*\n?/g, ""),
  "icons.svg": sprite(icons),
  "licenses.txt": licenses(),
};
for (const entry of readdirSync(source).sort()) {
  if (/\.(css|js|svg|png|ico|webmanifest)$/.test(entry)) contents[entry] = readFileSync(join(source, entry));
}
const files = Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, store(name, content)]));
prune(new Set(["manifest.json", ...Object.values(files).flatMap((name) => [name, `${name}.gz`])]));
write(join(target, "manifest.json"), JSON.stringify({ files, icons, parts: shipped() }, null, 1) + "\n");
