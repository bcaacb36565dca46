import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { COMPONENTS, locate, missing } from '../components.ts';
import { root } from './scratch.ts';

it('installs in CI exactly the packages that the tests know', () => {
  const script = readFileSync(join(root, '.ci', 'run'), 'utf8');
  const installed = [...script.matchAll(/^ {2}.* \|\| echo ([\w.-]+)$/gm)].map((match) => match[1]);
  expect(new Set(installed)).toEqual(new Set(Object.values(COMPONENTS).map((component) => component.debianPackage)));
});

it('finds a program by its second name, and says how to get an absent one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-path-'));
  const program = join(folder, 'google-chrome');
  vi.stubEnv('PATH', folder);
  try {
    expect(missing('chromium')).toBe('chromium is not on this machine (Debian: apt-get install chromium)');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    expect(locate('chromium')).toBe(program);
    expect(missing('chromium')).toBeUndefined();
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});
