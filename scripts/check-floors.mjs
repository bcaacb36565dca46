// What the compiler cannot hold about the house. One line for each finding; exit code 1 when there is one.
// `node scripts/check-floors.mjs [FOLDER]` checks another tree.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { readArgs } from './usage.mjs';

const { positionals } = readArgs(
  'usage: node scripts/check-floors.mjs [FOLDER]\n\nWhat the compiler cannot hold about the house, of this tree or another one. Ends 1 with a line for each finding.\n',
  { most: 1 },
);
const root = resolve(positionals[0] ?? fileURLToPath(new URL('..', import.meta.url)));

/** Which floors a floor may import (besides itself). The compiler holds this too, but not for computed imports. */
const MAY_SEE = {
  protocols: [],
  agent: ['protocols'],
  simulator: ['protocols'],
  bin: ['protocols', 'agent', 'simulator'],
};

/** Packages with one home: the folders whose files may import them. test/ may import everything. */
const HOMES = [
  { packages: /^mqtt($|\/)/, folders: ['agent/backend', 'simulator/backend', 'simulator/fleet'] },
  { packages: /^aedes($|\/)/, folders: ['simulator/backend'] },
  { packages: /^(serialport|@serialport\/.*|node-hid)$/, folders: ['agent/transport', 'simulator/wires'] },
  { packages: /^prom-client$/, folders: ['agent/health'] },
  { packages: /^koffi$/, folders: ['agent/transport', 'simulator/wires'] },
  { packages: /^libsql$/, folders: ['agent/journal'] },
];

/** The pages run in a browser: of their program they see the types of the API, of the rest what is pure. */
const PAGES = [
  { folder: 'agent/console/web', api: /^agent\/console\/[\w-]+-schemas\.ts$/ },
  { folder: 'simulator/lab/web', api: /^simulator\/lab\/schemas\.ts$/ },
];
const PAGE_PACKAGES = /^(preact|preact\/hooks|preact-iso\/router|@preact\/signals|qr|uplot|signature_pad|zod)$/;
const pageOf = (file) => PAGES.find(({ folder }) => file.startsWith(`${folder}/`));

const NO_ROOM = /^(utils?|helpers?|commons?|managers?|shared|misc)$/i;
const SKIPPED = new Set(['node_modules', 'dist', '.git', 'out', '.reports', 'coverage']);
/** Files that hold no text: everything else is read. */
const BINARY = /\.(bin|png|jpe?g|gif|ico|woff2?|gz|zip|pdf|tsbuildinfo)$/;

/** What no file may contain: places of one machine, and the host of one download. Written so that they miss this file. */
const FORBIDDEN = [
  { pattern: /(?<![\w.~-])\/work\//, why: 'names a folder of one machine' },
  { pattern: /registry\.(npmjs|yarnpkg|npmmirror)\b/, why: 'names a package registry' },
];

const findings = [];
const found = (file, text) => findings.push(`${file}: ${text}`);

/** Every file below the root, with slashes, relative to it. */
function filesBelow(folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(name);
    return entry.isFile() && entry.name !== '.git' ? [name] : [];
  });
}

const floorOf = (file) => file.split('/', 1)[0];

/** Module names in a source: static, dynamic, re-exported and required ones, wherever they stand. */
function importsOf(text) {
  const pattern = /(?<!['"`\w])(?:from|import|require|resolve)\s*\(?\s*(['"`])([^'"`\n]+)\1/g;
  return [...text.matchAll(pattern)].map((match) => match[2]);
}

function checkNames(file) {
  const parts = file.split('/');
  for (const folder of parts.slice(0, -1)) {
    if (NO_ROOM.test(folder)) found(file, `"${folder}" is not a room's name; name what lives there`);
  }
  if (!(floorOf(file) in MAY_SEE)) return;
  if (/^(index|utils?|helpers?|common)\.[cm]?tsx?$/.test(basename(file))) {
    found(file, 'no barrels and no drawers: name the file after the one thing it exports');
  }
  if (/\.tsx?$/.test(file) && parts.length > 4) found(file, 'more than two levels of folders inside a floor');
}

function checkPageImport(file, name, { folder, api }) {
  if (!name.startsWith('.')) {
    if (!PAGE_PACKAGES.test(name)) found(file, `imports ${name}; the page is ${PAGE_PACKAGES.source}`);
    return;
  }
  const target = posix.join(posix.dirname(file), name);
  const isTypes = file === `${folder}/types.ts` && api.test(target);
  if (!target.startsWith(`${folder}/`) && floorOf(target) !== 'protocols' && !isTypes) {
    found(file, `imports ${target}; the page sees types of the API (types.ts) and protocols/`);
  }
}

function checkImport(file, name) {
  const page = pageOf(file);
  if (page) return checkPageImport(file, name, page);
  const floor = floorOf(file);
  if (name.startsWith('.') && pageOf(posix.join(posix.dirname(file), name)) && floor !== 'test') {
    return found(file, 'imports the page, which is built for browsers');
  }
  if (!name.startsWith('.')) {
    const home = HOMES.find(({ packages }) => packages.test(name));
    if (home && !home.folders.includes(posix.dirname(file).split('/').slice(0, 2).join('/'))) {
      found(file, `imports ${name}, whose home is ${home.folders.join(' and ')}`);
    }
    return;
  }
  const target = posix.join(posix.dirname(file), name);
  if (floorOf(target) !== floor && !MAY_SEE[floor].includes(floorOf(target))) {
    found(file, `imports ${target}; ${floor}/ may see ${MAY_SEE[floor].join(', ') || 'nothing'}`);
  }
}

/** String literals, not comments: naming where an expected value is from is welcome, reading it is not. */
function literalsOf(text) {
  const pattern = /\/\/.*|\/\*[^]*?\*\/|'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function checkSource(file, text) {
  for (const name of importsOf(text)) checkImport(file, name);
  const reads = literalsOf(text).some((literal) => /\btest\/(vectors|stories|torture)\b/.test(literal));
  if (reads) found(file, 'reads the tests; expected values stay outside');
}

function checkText(file, text) {
  for (const { pattern, why } of FORBIDDEN) {
    const line = text.split('\n').findIndex((row) => pattern.test(row));
    if (line >= 0) found(`${file}:${line + 1}`, why);
  }
}

/**
 * A test in test/FLOOR/ROOM/ belongs to that room; one in test/FLOOR/ to the room or file its name begins with:
 * test/agent/payment-restart.test.ts to agent/payment/.
 */
function checkMirror(file, sources) {
  const [, floor, ...rest] = file.split('/');
  if (!(floor in MAY_SEE) || floor === 'bin' || !file.endsWith('.test.ts')) return;
  const folder = rest.slice(0, -1).join('/');
  const stem = rest[0].split('.', 1)[0];
  const exists = sources.some((source) => {
    if (folder !== '') return source.startsWith(`${floor}/${folder}/`);
    const names = source
      .replace(/\.tsx?$/, '')
      .split('/')
      .slice(1);
    return source.startsWith(`${floor}/`) && names.some((name) => `${stem}-`.startsWith(`${name}-`));
  });
  if (!exists) found(file, `mirrors nothing: there is no ${floor}/${folder || stem}`);
}

function checkLockFile(file) {
  const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const installed = Object.entries(packages).filter(([name, entry]) => name !== '' && !entry.link);
  const bound = installed.find(([, entry]) => entry.resolved !== undefined);
  if (bound) found(file, `"resolved" binds ${bound[0]} to one host; see docs/decisions/0001-stack.md`);
  const unsealed = installed.find(([, entry]) => entry.integrity === undefined);
  if (unsealed) found(file, `${unsealed[0]} has no integrity`);
}

const files = filesBelow();
const sources = files.filter((file) => floorOf(file) in MAY_SEE && /\.tsx?$/.test(file));
for (const file of files) {
  checkNames(file);
  checkMirror(file, sources);
  if (file === 'package-lock.json') checkLockFile(file);
  if (BINARY.test(file)) continue;
  const text = readFileSync(join(root, file), 'utf8');
  checkText(file, text);
  if (sources.includes(file)) checkSource(file, text);
}
for (const line of findings) console.log(line);
process.exitCode = findings.length === 0 ? 0 : 1;
