import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '../../../agent/config.ts';
import type { Passed } from '../../../agent/trace/tap.ts';
import { type TraceLine, TraceLines } from '../../../agent/trace/trace-lines.ts';
import { CardShop } from '../../stories/card-shop.ts';

// A card terminal's line while somebody watches: what both sides say is explained, and no card number comes through, wherever the
// driver cuts what it read.

const KINDS = { zvt: 'zvt-serial', nccc: 'nccc', transbank: 'transbank', nets: 'nets', kbtg: 'link' } as const;
type Watched = keyof typeof KINDS;

interface Said {
  readonly from: 'till' | 'terminal';
  readonly bytes: Uint8Array;
}

/** of the simulated card; some terminals say it whole */
const PAN = '4761730000000119';

/** What stood on the line during a sale, as the terminal's own ledger has it paid. */
async function sold(protocol: Watched): Promise<readonly Said[]> {
  const card = await CardShop.open(protocol);
  expect(await card.sale('O1', 1_200)).toMatchObject({ status: 'ok' });
  return card.line.said;
}

/** Everything that a trace says when each piece is read `size` bytes at a time, `gapMs` apart. */
function traced(said: readonly Said[], protocol: string, size: number, gapMs: number): readonly TraceLine[] {
  const { terminal } = ConfigSchema.shape;
  const config = { scanner: { path: 'gun' }, terminal: terminal.parse({ protocol, path: 'terminal' }) } as never;
  const lines = new TraceLines('terminal', config, 0);
  let at = 0;
  const told: TraceLine[] = [];
  for (const { from, bytes } of said) {
    // between two frames there is a pause
    at += 100;
    for (let cut = 0; cut < bytes.length; cut += size) {
      at += gapMs;
      const passed: Passed = {
        kind: 'bytes',
        dir: from === 'till' ? 'out' : 'in',
        bytes: bytes.slice(cut, cut + size),
        at,
      };
      told.push(...lines.due(at), ...lines.push(passed));
    }
  }
  return [...told, ...lines.due(at + 10_000)];
}

/** Seven digits of the number that stand side by side: the first six and the last four may. A row of zeros is an amount. */
function partsIn(text: string): readonly string[] {
  const windows = Array.from({ length: PAN.length - 6 }, (_, at) => PAN.slice(at, at + 7));
  return windows.filter((part) => part.replaceAll('0', '').length > 1 && text.includes(part));
}

describe.each(Object.keys(KINDS) as Watched[])('a sale at a terminal that speaks %s', (protocol) => {
  const name = protocol === 'kbtg' ? 'link-kbtg' : protocol;

  it('is explained, both directions, frame by frame', async () => {
    const said = await sold(protocol);
    const lines = traced(said, name, 10_000, 0);
    for (const dir of ['in', 'out'] as const) {
      const explained = lines.filter((line) => line.dir === dir && line.kind === KINDS[protocol]);
      const words = explained.flatMap(({ text }) => text).join('\n');
      expect(words, dir).not.toBe('');
      expect(words).not.toContain('no whole frame');
    }
    const length = (wanted: Said['from']) =>
      said.filter(({ from }) => from === wanted).reduce((sum, { bytes }) => sum + bytes.length, 0);
    const told = (dir: 'in' | 'out') =>
      lines.filter((line) => line.dir === dir).reduce((sum, line) => sum + line.length, 0);
    expect([told('in'), told('out')], 'no byte is left out').toEqual([length('terminal'), length('till')]);
  });

  it('shows no card number, however it is cut', async () => {
    const said = await sold(protocol);
    for (const size of [1, 2, 3, 7, 16, 33, 64])
      for (const gap of [0, 30, 79, 90, 600]) {
        const text = JSON.stringify(traced(said, name, size, gap));
        expect(partsIn(text), `${size} bytes, ${gap} ms`).toEqual([]);
        expect(text.replaceAll(' ', '')).not.toContain(Buffer.from(PAN, 'latin1').toString('hex'));
        expect(text.replaceAll(' ', '')).not.toContain(PAN);
      }
  });
});
