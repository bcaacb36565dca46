import { redact } from '../../protocols/paycode/redact.ts';
import type { CheckStatus } from './check.ts';
import type { Report } from './report.ts';

type Told = Pick<Report['checks'][number], 'code' | 'status' | 'cause' | 'remedy'>;

export interface ToldFindings {
  readonly ok: boolean;
  /** the worst first */
  readonly checks: Told[];
  /** how many found no room; absent: none */
  readonly leftOut?: number;
}

/** Of one text. */
const MOST_CHARACTERS = 400;
/** Of all findings as JSON, so that the result stays below the contract's 64 KiB whatever the language: Chinese is 3 bytes a character. */
const MOST_BYTES = 48 * 1024;

const WORST_FIRST = { fail: 0, warn: 1, 'not-run': 2, ok: 3 } as const satisfies Record<CheckStatus, number>;

/** What the backend is told of a diagnosis: what is broken before what is in order, and how much was left out. */
export function toldFindings({ ok, checks }: Report): ToldFindings {
  const ranked = checks.map(told).sort((one, other) => WORST_FIRST[one.status] - WORST_FIRST[other.status]);
  const kept = withRoom(ranked);
  const leftOut = ranked.length - kept.length;
  return { ok, checks: kept, ...(leftOut === 0 ? {} : { leftOut }) };
}

/** Masked once more on its way out, whatever masked it before. */
function told({ code, status, cause, remedy }: Report['checks'][number]): Told {
  const short = (text: string) => redact(text).slice(0, MOST_CHARACTERS);
  return { code, status, cause: short(cause), remedy: short(remedy) };
}

/** As many from the front as there are bytes for. */
function withRoom(ranked: Told[]): Told[] {
  let bytes = 0;
  const end = ranked.findIndex((one) => {
    bytes += Buffer.byteLength(JSON.stringify(one)) + 1;
    return bytes > MOST_BYTES;
  });
  return end < 0 ? ranked : ranked.slice(0, end);
}
