import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

let child: ChildProcess | undefined;

/** Tells the program that `said` has started to end, unless it has ended; its exit code. */
export async function endSaid(): Promise<number | undefined> {
  if (child?.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
  return child?.exitCode ?? undefined;
}

/** Starts a program and waits until it has said something; it is listened to for as long as it lives. */
export function said(args: readonly string[], what: RegExp): Promise<RegExpExecArray> {
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  child = started;
  let text = '';
  return new Promise((resolve, reject) => {
    started.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = what.exec(text);
      if (found) resolve(found);
    });
    started.once('close', () => reject(new Error(`never said: ${what.source}\n${text}`)));
  });
}
