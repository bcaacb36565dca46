import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// A script that does not read what it is told begins at once: the night's suites, a document written anew.

const root = fileURLToPath(new URL('../..', import.meta.url));
/** parts of the others */
const PARTS: ReadonlySet<string> = new Set(['dist.mjs', 'usage.mjs']);
const SCRIPTS = readdirSync(join(root, 'scripts')).filter((name) => name.endsWith('.mjs') && !PARTS.has(name));
const PATIENCE_MS = 30_000;

interface Said {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function say(script: string, word: string): Promise<Said> {
  return new Promise((resolve) => {
    const options = { cwd: root, timeout: PATIENCE_MS, encoding: 'utf8' } as const;
    execFile(process.execPath, [join('scripts', script), word], options, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}

describe.each(SCRIPTS)('scripts/%s', (script) => {
  it('says how it is used, and does nothing', async () => {
    const { code, stdout, stderr } = await say(script, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: /i);
  });

  it('does not guess what an unknown word means', async () => {
    const { code, stdout, stderr } = await say(script, '--nonsense');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });
});
