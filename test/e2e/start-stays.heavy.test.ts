import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REHEARSAL } from './rehearsal.ts';

describe('npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stays after its sale and %s ends both programs within 3 s',
    async (signal) => {
      const child = spawn(process.execPath, [REHEARSAL], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      await new Promise<void>((resolve, reject) => {
        child.once('exit', () => reject(new Error(stdout)));
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
          if (stdout.includes('Ctrl-C')) resolve();
        });
      });
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
      expect(children.length).toBe(2);
      const began = Date.now();
      child.removeAllListeners('exit');
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).toBe(0);
      expect(Date.now() - began).toBeLessThan(3_000);
      for (const pid of children) expect(existsSync(`/proc/${pid}`)).toBe(false);
    },
    90_000,
  );
});
