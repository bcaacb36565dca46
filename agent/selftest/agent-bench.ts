import type { Document } from '../../protocols/document/document.ts';
import type { Pictures } from '../../protocols/document/layout.ts';
import type { Clock } from '../clock.ts';
import { within } from '../doctor/device-looks.ts';
import type { HealthRoom } from '../health/room.ts';
import type { TillBook } from '../journal/book.ts';
import type { SignatureRoom } from '../signatures/signature-room.ts';
import { PrintRefused } from '../slips/document-jobs.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { Bench, Printed } from './self-test.ts';

/** Paper comes in two seconds, or somebody is changing the roll. */
const PRINT_MS = 20_000;

export interface AgentBenchParts {
  readonly book: Pick<TillBook, 'orders'>;
  readonly spool: SlipSpool;
  readonly health: Pick<HealthRoom, 'nextScan'>;
  readonly hasPrinter: boolean;
  /** absent: there is no pad */
  readonly signatures: Pick<SignatureRoom, 'trySigning'> | undefined;
  readonly clock: Clock;
}

/** The devices of a running agent: it prints through its own spool, and a scan with nothing to pay is only counted. */
export function agentBench({ book, spool, health, hasPrinter, signatures, clock }: AgentBenchParts): Bench {
  const print = async (document: Document, pictures: Pictures = {}): Promise<Printed> => {
    try {
      const order = { by: 'selftest', withinMs: PRINT_MS, pictures };
      const job = await spool.print({ kind: 'document', document, data: {} }, order);
      const end = await within(clock, PRINT_MS + 1_000, spool.settled(job.jobId) ?? Promise.resolve(job));
      if (end?.state !== 'sent') return { kind: 'failed', why: end?.dropped ?? end?.state ?? 'not printed in time' };
      return { kind: end.proof === 'sent' ? 'sent' : 'sure' };
    } catch (error) {
      if (error instanceof PrintRefused) return { kind: 'failed', why: error.code };
      throw error;
    }
  };
  return {
    get busy() {
      return [...book.orders.values()].some(({ state }) => state === 'OPEN' || state === 'IN_PAYMENT');
    },
    scanned: (ms) => health.nextScan(ms),
    ...(hasPrinter ? { print } : {}),
    ...(signatures ? { sign: (ms: number) => signatures.trySigning(ms) } : {}),
  };
}
