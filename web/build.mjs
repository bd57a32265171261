// build.mjs: bundle the web part into dist/ (or, with --tests, the unit tests for node --test).
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile, cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, 'dist');
const tests = path.join(root, 'node_modules/.cache/panah-tests');

const common = {
  bundle: true,
  charset: 'utf8',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  target: ['es2021', 'chrome90', 'firefox90', 'safari15'],
  logLevel: 'warning',
};

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

async function bundle(entry, name, extension) {
  const made = await esbuild.build({
    ...common,
    entryPoints: [path.join(root, entry)],
    minify: true,
    write: false,
    format: 'iife',
    legalComments: 'none',
  });
  const bytes = made.outputFiles[0].contents;
  const file = `${name}-${hash(bytes)}.${extension}`;
  await writeFile(path.join(dist, file), bytes);
  return { file, size: bytes.length, packed: gzipSync(bytes, { level: 9 }).length };
}

async function buildApp() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const script = await bundle('src/main.tsx', 'app', 'js');
  const style = await bundle('src/style/app.css', 'app', 'css');
  const page = (await readFile(path.join(root, 'src/index.html'), 'utf8'))
    .replace('app.js', script.file)
    .replace('app.css', style.file);
  await writeFile(path.join(dist, 'index.html'), page);
  await cp(path.join(root, 'src/static'), dist, { recursive: true });
  const packed = script.packed + style.packed + gzipSync(page).length;
  for (const part of [script, style]) {
    console.log(`${part.file}  ${(part.size / 1000).toFixed(1)} kB, gzip ${(part.packed / 1000).toFixed(1)} kB`);
  }
  console.log(`first load ${(packed / 1000).toFixed(1)} kB gzip`);
}

async function buildTests() {
  await rm(tests, { recursive: true, force: true });
  const folder = path.join(root, 'test');
  const entries = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    ...common,
    entryPoints: entries.map((name) => path.join(folder, name)),
    outdir: tests,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node18',
    define: { WEB_ROOT: JSON.stringify(root) },
    // Browsers and later Nodes have it; Node 18 keeps it in a module.
    banner: { js: "import { webcrypto as __webcrypto } from 'node:crypto'; globalThis.crypto ??= __webcrypto;" },
  });
}

await (process.argv.includes('--tests') ? buildTests() : buildApp());
