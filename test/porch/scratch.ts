import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const FLOORS = ['protocols', 'agent', 'simulator', 'bin', 'test'];
const PAGES = ['agent/console/web', 'simulator/lab/web'];

/** A small package beside the real one: its scripts and compiler settings, next to nothing in its floors. */
export interface Scratch {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs one of the real scripts there, to its end. `env` is added; undefined takes a variable away. */
  run(script: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Finished;
  remove(): void;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function makeScratch({ tools = true } = {}): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire porch '));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const file of [
    'package.json',
    'tsconfig.json',
    'tsconfig.base.json',
    'vitest.config.ts',
    'test/components.ts',
  ]) {
    cpSync(join(root, file), join(folder, file));
  }
  for (const file of readdirSync(join(root, 'scripts'))) {
    cpSync(join(root, 'scripts', file), join(folder, 'scripts', file));
  }
  for (const floor of FLOORS) {
    cpSync(join(root, floor, 'tsconfig.json'), join(folder, floor, 'tsconfig.json'));
    write(`${floor}/only.ts`, `export const floor = '${floor}';\n`);
  }
  for (const page of PAGES) {
    cpSync(join(root, page, 'tsconfig.json'), join(folder, page, 'tsconfig.json'));
    write(`${page}/only.ts`, "export const floor = 'page';\n");
    write(`${page}/index.html`, '<!doctype html><title>page</title>\n');
  }
  if (tools) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return {
    folder,
    write,
    run(script, args = [], env = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join('scripts', script), ...args], {
        cwd: folder,
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
        encoding: 'utf8',
        timeout: 60_000,
      });
      return { code: status, stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
