import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PadMessage } from '../../protocols/terminal/pad/messages.ts';
import {
  PAD_AT_START,
  type PadEvent,
  type PadState,
  padDeadline,
  padStep,
} from '../../protocols/terminal/pad/session.ts';
import { OBSERVED_PAD } from '../../protocols/terminal/pad/settings.ts';

const image = new Uint8Array(40);
const message: fc.Arbitrary<PadMessage> = fc.constantFrom<PadMessage>(
  { name: 'handshake-state', state: 0 },
  { name: 'resign-times-set', status: 0 },
  { name: 'accept-blank-set', status: 0 },
  { name: 'zone-set', status: 0 },
  { name: 'zone-set', status: 1 },
  { name: 'heartbeat' },
  { name: 'signed', sequence: 1, image },
  { name: 'sign-error', error: 1 },
  { name: 'ended', status: 0 },
);
type Happening = { readonly kind: PadEvent['kind']; readonly message: PadMessage; readonly afterMs: number };
const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom<PadEvent['kind']>(
    'sign',
    'message',
    'message',
    'message',
    'spoilt',
    'cancel',
    'time',
    'connected',
    'disconnected',
  ),
  message,
  afterMs: fc.constantFrom(0, 1, 3000, 60_000, 180_000),
});

const heard = (said: PadMessage): Happening => ({ kind: 'message', message: said, afterMs: 1 });
/** Everything goes well, up to where the story turns; most of what matters lies behind it. */
const WELL: readonly Happening[] = [
  { kind: 'connected', message: { name: 'heartbeat' }, afterMs: 1 },
  heard({ name: 'ended', status: 0 }),
  { kind: 'sign', message: { name: 'heartbeat' }, afterMs: 1 },
  heard({ name: 'handshake-state', state: 0 }),
  heard({ name: 'resign-times-set', status: 0 }),
  heard({ name: 'accept-blank-set', status: 0 }),
  heard({ name: 'zone-set', status: 0 }),
];
const story = fc
  .tuple(fc.nat(WELL.length), fc.array(happening, { maxLength: 40 }))
  .map(([turn, rest]) => [...WELL.slice(0, turn), ...rest]);

function eventOf({ kind, message: said }: Happening, at: number): PadEvent {
  if (kind === 'sign') return { kind, job: { featureCode: '0B3F2A71' }, at };
  return kind === 'message' ? { kind, message: said, at } : { kind, at };
}

it('whatever happens: one result for each job, A3 between an A0 and the next job or owed, and always an end in sight', () => {
  fc.assert(
    fc.property(fc.array(story, { minLength: 1, maxLength: 3 }), (stories) => {
      let state: PadState = PAD_AT_START;
      let at = 0;
      let [jobs, results, begun] = [0, 0, false];
      const step = (event: PadEvent) => {
        const before = state;
        const next = padStep(state, event, OBSERVED_PAD);
        state = next.state;
        const waits = before.phase === 'idle' || (before.phase === 'ending' && !before.result && !before.next);
        if (event.kind === 'sign' && waits) jobs += 1;
        for (const effect of next.effects) {
          if (effect.do === 'result') {
            results += 1;
            expect(begun && effect.ended).toBe(false);
          } else if (effect.message.name === 'handshake') begun = true;
          else if (effect.message.name === 'end') begun = false;
        }
        if (state.phase === 'idle' && begun) expect(state.owesEnd).toBe(true);
      };
      for (const one of stories.flat()) {
        at += one.afterMs;
        step(eventOf(one, at));
      }
      for (let n = 0; n < 60 && state.phase !== 'idle'; n++) {
        at = Math.max(at, padDeadline(state) ?? at);
        step({ kind: 'time', at });
      }
      expect(state.phase).toBe('idle');
      expect(results).toBe(jobs);
    }),
    { numRuns: 2000 },
  );
});

it('a till that was started anew ends what the last one may have left: what comes before the pad has done so is nobody’s', () => {
  const job = { featureCode: '0B3F2A71' };
  let state = PAD_AT_START;
  const said = (event: PadEvent) => {
    const next = padStep(state, event, OBSERVED_PAD);
    state = next.state;
    return next.effects.map((effect) => (effect.do === 'send' ? effect.message.name : effect.do));
  };
  expect(said({ kind: 'connected', at: 0 })).toEqual(['end']);
  expect(said({ kind: 'sign', job, at: 1 })).toEqual([]);
  expect(said({ kind: 'message', message: { name: 'signed', sequence: 7, image }, at: 2 })).toEqual([]);
  expect(said({ kind: 'message', message: { name: 'ended', status: 0 }, at: 3 })).toEqual(['handshake']);
});
