// Builds the clerk's page, agent/console/web, into dist/web, and the lab page, simulator/lab/web, into dist/lab: for `npm run
// build` and whatever builds by itself (dist.mjs). Nothing of them comes from elsewhere at run time, and nothing stands inline:
// the content security policy allows neither.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { readArgs } from './usage.mjs';

readArgs(
  'usage: node scripts/build-web.mjs\n\nBuilds both pages, into dist/web and dist/lab. TILLWIRE_WEB_LOG=info says more.\n',
);

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGES = [
  { source: 'simulator/lab/web', folder: join(root, 'dist/lab') },
  // the last one: a build that broke off has none
  { source: 'agent/console/web', folder: join(root, 'dist/web') },
];

for (const { source, folder } of PAGES) await buildPage(source, folder);
pack(join(root, 'dist/web'));

function buildPage(source, folder) {
  return build({
    configFile: false,
    root: join(root, source),
    base: '/',
    logLevel: process.env.TILLWIRE_WEB_LOG ?? 'error',
    clearScreen: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      // the browsers of counter PCs live long: Chromium 109 is the last one of Windows 7
      target: ['chrome109', 'firefox115', 'safari16.4'],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: {
        // how long the build itself took is no warning
        checks: { pluginTimings: false },
        // what every visit needs stays one file: in two it packs worse, and is asked for twice
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
  });
}

/** Beside each file what it comes to when it is packed: the agent packs nothing while it sells. */
function pack(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(html|js|css|svg)$/.test(name)) continue;
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes));
  }
}
