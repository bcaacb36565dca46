import fs from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../agent/clock.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import { Journal } from '../../agent/journal/journal.ts';
import type { Run } from './rows.ts';

/** What an attempt of the field carries: about the 600 bytes of the measurements in decision 3. */
function attemptData(n: number) {
  const attemptId = `01KAM3${String(n).padStart(20, '0')}`;
  const doing = { kind: 'created' };
  const attempt = { attemptId, orderId: `ORDER-${n}`, amountFen: 1250, channel: 'WECHAT', state: 'CREATED', doing };
  const order = { orderId: `ORDER-${n}`, amountFen: 1250, commandId: `COLLECT-${n}`, state: 'IN_PAYMENT' };
  return { record: { attempt: { ...attempt, maskedPaycode: '13****1492', queries: 0, reverses: 0 } }, order };
}

/**
 * One append to the product's journal, then a bare write and fdatasync of as many bytes to a file beside it, in turn. The
 * bare pair is made synchronously: no durable append of Node is faster, and the product may not use it, because a disk
 * that takes 50 ms must not make the gun deaf meanwhile.
 */
export async function measureAppend(folder: string, samples: number, warmUp: number): Promise<Run> {
  const { journal } = await Journal.open(await folderFiles(join(folder, 'journal')), systemClock, 'T0000001', () => {});
  const floorFile = fs.openSync(join(folder, 'bare'), 'a', 0o600);
  const grown = bytesBelow(join(folder, 'journal'));
  const ours: number[] = [];
  const floor: number[] = [];
  let line = Buffer.alloc(600, 'x');
  for (let n = 0; n < warmUp + samples; n++) {
    const began = performance.now();
    await journal.append({ type: 'ATTEMPT', data: attemptData(n) });
    const between = performance.now();
    if (n === 0) line = Buffer.alloc(bytesBelow(join(folder, 'journal')) - grown || line.length, 'x');
    const bareFrom = performance.now();
    fs.writeSync(floorFile, line);
    fs.fdatasyncSync(floorFile);
    const end = performance.now();
    if (n < warmUp) continue;
    ours.push(between - began);
    floor.push(end - bareFrom);
  }
  await journal.close();
  fs.closeSync(floorFile);
  return { ours, floor };
}

/** Bytes of all files of a folder. */
export function bytesBelow(folder: string): number {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + fs.statSync(join(parentPath, name)).size, 0);
}
