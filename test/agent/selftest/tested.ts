import { tillwire } from '../../e2e/run-tillwire.ts';

export interface SelfTested {
  readonly code: number | null;
  readonly ok: boolean;
  /** by step */
  readonly statuses: Readonly<Record<string, string>>;
}

/** `tillwire selftest` as a technician calls it. */
export async function selfTest(configFile: string, ...more: string[]): Promise<SelfTested> {
  const { code, stdout } = await tillwire(['selftest', '--config', configFile, '--json', ...more]);
  const { ok, steps } = JSON.parse(stdout) as { ok: boolean; steps: { step: string; status: string }[] };
  return { code, ok, statuses: Object.fromEntries(steps.map(({ step, status }) => [step, status])) };
}
