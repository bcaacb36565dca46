import { spawn } from 'node:child_process';
import { TILLWIRE } from './agent-process.ts';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tillwire` as a person or a script does; `stdin` is what they type. */
export function tillwire(args: readonly string[], stdin?: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [TILLWIRE, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs `tillwire` at a terminal (util-linux `script` gives it one) and types `keys` at its first question. */
export function atTerminal(args: readonly string[], keys: string): Promise<{ code: number | null; screen: string }> {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, TILLWIRE, ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null']);
    let screen = '';
    const typed = () => {
      if (!screen.includes('(not shown): ')) return;
      child.stdout.off('data', typed);
      child.stdin.write(keys);
    };
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => (screen += text))
      .on('data', typed);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, screen }));
  });
}
