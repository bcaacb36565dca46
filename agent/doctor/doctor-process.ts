import { execFile } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Advice } from '../errors.ts';
import type { Report } from './report.ts';

export interface DoctorWish {
  /** check codes; none: all */
  readonly checks?: readonly string[] | undefined;
  readonly lang: keyof Advice;
}

/** Examines this till as `tillwire doctor` does. */
export type AskDoctor = (wish: DoctorWish, signal: AbortSignal) => Promise<Report | 'no-such-check' | 'unfinished'>;

/** Every check that hangs has 15 s of its own; a till on which this is not enough tells that it is not. */
const DEADLINE_MS = 180_000;
/** The report of all checks is some ten kilobytes. */
const MOST_BYTES = 1024 * 1024;
/** Behind everything that a payment needs. */
const NICE = 15;
const WRONG_USAGE = 2;

/** `tillwire doctor` in a process of its own: it reads the whole journal and waits for what hangs, and the till must not notice. */
export function doctorProcess(program: string, configFile: string): AskDoctor {
  return ({ checks, lang }, signal) => {
    const only = checks?.length ? ['--only', checks.join(',')] : [];
    const args = [program, 'doctor', '--config', configFile, '--json', '--lang', lang, ...only];
    const limits = { timeout: DEADLINE_MS, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES, signal } as const;
    return new Promise((resolve) => {
      const child = execFile(process.execPath, args, limits, (error, stdout) => {
        if (error?.code === WRONG_USAGE) resolve('no-such-check');
        else resolve(reportIn(stdout) ?? 'unfinished');
      });
      if (child.pid !== undefined) behindPayments(child.pid);
    });
  };
}

function behindPayments(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // it has just ended, or this system has no such thing: then it runs as it is
  }
}

function reportIn(stdout: string): Report | undefined {
  try {
    return JSON.parse(stdout) as Report;
  } catch {
    return undefined; // it was ended in the middle
  }
}
