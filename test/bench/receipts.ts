import { performance } from 'node:perf_hooks';
import iconv from 'iconv-lite';
import { encodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import { layout } from '../../protocols/document/layout.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { pageSlips } from '../../protocols/escpos/page-slips.ts';
import { drawSlips } from '../../simulator/render/draw.ts';
import { png } from '../../simulator/render/png.ts';
import { whatIsWrong } from '../peers/correct.ts';
import { ourDocument, ours, PEERS, PROFILE, TEXTS } from '../peers/same-slip.ts';
import { quantile, type Row } from './rows.ts';

/** A peer counts only if its slip is right: what prints question marks is fast for nothing. */
const PEER_LIMIT = 5;
const GB_LIMIT = 3;
/** Cost may grow with the length and half as much more: buffers double, caches are only so large. Squared it would be 4 and 16. */
const growthLimit = (times: number) => 1.5 * times;
const GROWTH = [2, 4] as const;
/** One measurement: long enough that a turn of the garbage collector falls into each. */
const SLICE_MS = 120;

/** Both sides in turn, so that what the machine does meanwhile slows both. */
interface Pair {
  readonly name: string;
  readonly unit: string;
  readonly baseline: string;
  readonly better: Row['better'];
  readonly limit: number;
  readonly value: () => void;
  readonly base: () => void;
  /** a rate, or how long one takes */
  readonly measure: (run: () => void) => number;
}

export function measureReceipts(runs: number, say: (text: string) => void): Row[] {
  return [...encoders(say), gb18030(), ...growth()].map((pair) => {
    const row = rowOf(pair, runs);
    say(`${row.name}: ${row.value.toFixed(1)} ${row.unit}, ${row.baseline} ${row.baselineValue.toFixed(1)}`);
    return row;
  });
}

/** Runs of one thing within a slice of time, per second. */
function perSecond(run: () => void): number {
  const began = performance.now();
  let count = 0;
  let now = began;
  while (now - began < SLICE_MS) {
    for (let k = 0; k < 8; k++) run();
    count += 8;
    now = performance.now();
  }
  return (count * 1000) / (now - began);
}

const milliseconds = (run: () => void) => 1000 / perSecond(run);

/** The run whose ratio is the median one speaks for all; the first one warms up. */
function rowOf({ name, unit, baseline, better, limit, value, base, measure }: Pair, runs: number): Row {
  const measured = Array.from({ length: runs + 1 }, () => ({ value: measure(value), baselineValue: measure(base) }))
    .slice(1)
    .map((run) => ({ ...run, ratio: run.value / run.baselineValue }));
  const middle = quantile(
    measured.map(({ ratio }) => ratio),
    0.5,
  );
  const chosen = measured.find(({ ratio }) => ratio === middle);
  if (!chosen) throw new Error(`${name}: nothing was measured`);
  return { name, unit, baseline, better, limit, ...chosen };
}

function encoders(say: (text: string) => void): Pair[] {
  const own = whatIsWrong(ours());
  if (own.length > 0) throw new Error(`our own slip is wrong: ${own.join('; ')}`);
  return Object.entries(PEERS).flatMap(([peer, encode]) => {
    const wrong = whatIsWrong(encode());
    if (wrong.length > 0) {
      say(`not compared with ${peer}: ${wrong[0]}`);
      return [];
    }
    const terms = { name: `slips encoded, against ${peer}`, unit: 'slips/s', baseline: peer, limit: PEER_LIMIT };
    return [{ ...terms, better: 'higher', value: ours, base: encode, measure: perSecond } satisfies Pair];
  });
}

function gb18030(): Pair {
  return {
    name: 'GB18030 encode',
    unit: 'slips/s',
    baseline: 'iconv-lite',
    better: 'higher',
    limit: GB_LIMIT,
    value: () => TEXTS.forEach((text) => encodeGb18030(text)),
    base: () => TEXTS.forEach((text) => iconv.encode(text, 'gb18030')),
    measure: perSecond,
  };
}

/** A longer slip costs so much more. */
function growth(): Pair[] {
  const toPng = (copies: number) => {
    const { document, data } = ourDocument(copies);
    return () => void png(drawSlips(pageSlips(layout(document, data, PROFILE), PROFILE), PROFILE.dots));
  };
  const toSlips = (copies: number) => {
    const { document, data } = ourDocument(copies);
    const bytes = encodePage(layout(document, data, PROFILE), PROFILE);
    return () => void decodeEscpos(bytes, PROFILE);
  };
  const kinds = [
    ['layout to PNG', toPng],
    ['decode', toSlips],
  ] as const;
  return kinds.flatMap(([what, make]) =>
    GROWTH.map((times) => ({
      name: `${what}, ${times} times the slip`,
      unit: 'ms',
      baseline: 'one slip',
      better: 'lower' as const,
      limit: growthLimit(times),
      value: make(times),
      base: make(1),
      measure: milliseconds,
    })),
  );
}
