import { spawnSync } from 'node:child_process';
import type { ProcessStage } from '../scenarios/process-stage.ts';
import { Refusal } from './problems.ts';

/**
 * The till cannot write any more: its process may make no file longer than it is (RLIMIT_FSIZE, set from outside by `prlimit`
 * of util-linux). Node ignores the signal, every write ends with EFBIG, as it would end with ENOSPC.
 */
export function fillDisk({ agentPid }: Pick<ProcessStage, 'agentPid'>, isFull: boolean): void {
  if (agentPid === undefined) throw new Refusal('NOT_HERE', 'no till of this shop');
  const limit = isFull ? '1:unlimited' : 'unlimited:unlimited';
  const { status, error, stderr } = spawnSync('prlimit', ['--pid', String(agentPid), `--fsize=${limit}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Refusal('NOT_HERE', error?.message ?? stderr.trim());
}
