import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import type { TerminalEffect, TerminalResult } from '../../protocols/terminal/messages.ts';
import { OBSERVED_DIALECT } from '../../protocols/terminal/mis/dialect.ts';
import { MisDialogue } from '../../protocols/terminal/mis/dialogue.ts';
import { encodeMisObjects } from '../../protocols/terminal/mis/objects.ts';

const FIRST = 0x1503;
/** one more than FIRST; both bytes are control bytes on purpose */
const ECHO = Uint8Array.of(0x15, 0x04);

/** A sale under way whose ACK was lost: nothing says yet whether the terminal has it. */
class Sale {
  readonly dialogue = new MisDialogue({
    dialect: OBSERVED_DIALECT,
    till: { till: '0019', operator: '811615' },
    firstCorrelation: FIRST,
  });
  readonly results: TerminalResult[] = [];
  requests = 0;
  at = 0;

  constructor(amount = 20) {
    this.dialogue.handle({ kind: 'connected', at: 0 });
    this.#take(
      this.dialogue.handle({
        kind: 'command',
        command: { kind: 'sale', reference: 'R', amount, paycode: new SecretText('134567890123456789') },
        at: 0,
      }),
    );
  }

  bytes(bytes: Uint8Array): void {
    this.#take(this.dialogue.handle({ kind: 'bytes', bytes, at: this.at }));
  }

  /** Lets time pass, and everything that falls due. */
  pass(ms: number): void {
    const until = this.at + ms;
    for (let due = this.dialogue.nextDeadline; due !== undefined && due <= until; due = this.dialogue.nextDeadline) {
      this.at = Math.max(this.at, due);
      this.#take(this.dialogue.handle({ kind: 'time', at: this.at }));
    }
    this.at = until;
  }

  #take(effects: readonly TerminalEffect[]): void {
    for (const effect of effects) {
      if (effect.do === 'write' && effect.bytes.length > 1) this.requests += 1;
      if (effect.do === 'store-result') this.results.push(effect.result);
      if (effect.do === 'store-result' || effect.do === 'store-late-result')
        this.#take(this.dialogue.handle({ kind: 'stored', at: this.at }));
    }
  }
}

const APPROVAL = encodeCountedFrame(
  encodeMisObjects([
    ['DF01', Uint8Array.of(2)],
    ['DF02', Uint8Array.of(0x45)],
    ['DF04', ECHO],
    [
      'DF06',
      [
        ['DF03', 'RMB  0.20'],
        ['DF0A', Uint8Array.of(0, 0x15, 0x04)],
        ['DF10', Uint8Array.of(0x15, 0x15, 4)],
      ],
    ],
    ['DF07', '00'],
  ]),
);

it('an approval is an approval', () => {
  const sale = new Sale();
  sale.bytes(APPROVAL);
  expect(sale.results).toMatchObject([{ outcome: 'approved', amount: 20 }]);
});

it('an approval that comes spoilt, in any byte or without one, is never a refusal, and nothing is sent again for it', () => {
  for (let at = 0; at < APPROVAL.length; at++)
    for (const bit of [0x01, 0x04, 0x10, 0x80, 'lost'] as const) {
      const sale = new Sale();
      const bytes =
        bit === 'lost'
          ? Uint8Array.of(...APPROVAL.subarray(0, at), ...APPROVAL.subarray(at + 1))
          : APPROVAL.with(at, (APPROVAL[at] ?? 0) ^ bit);
      sale.bytes(bytes);
      sale.pass(200_000);
      expect(sale.requests, `${at} ${bit}`).toBe(1);
      expect(sale.results, `${at} ${bit}`).toMatchObject([{ outcome: 'unknown' }]);
    }
});

it('nor when it comes in pieces, with pauses between', () => {
  fc.assert(
    fc.property(fc.nat(APPROVAL.length - 1), fc.array(fc.nat(150), { minLength: 1, maxLength: 30 }), (lost, pauses) => {
      const sale = new Sale();
      for (let at = 0; at < APPROVAL.length; at++) {
        if (at !== lost) sale.bytes(APPROVAL.subarray(at, at + 1));
        // only ever 99 ms of silence: a byte that stands alone for longer is alone
        sale.pass((pauses[at % pauses.length] ?? 0) % 100);
      }
      sale.pass(200_000);
      expect(sale.requests).toBe(1);
      expect(sale.results).toMatchObject([{ outcome: 'unknown' }]);
    }),
    { numRuns: 300 },
  );
});

/** An approval of so many bytes of objects whose LRC is `lrc`. */
function approvalOf(length: number, lrc: number): Uint8Array {
  const head = [
    ['DF01', Uint8Array.of(2)],
    ['DF02', Uint8Array.of(0x45)],
    ['DF04', ECHO],
    ['DF07', '00'],
  ] as const;
  const filled = (last: number) =>
    encodeCountedFrame(
      encodeMisObjects([...head, ['DF7F', Uint8Array.of(...new Uint8Array(length - 26).fill(0x31), last)]]),
    );
  const plain = filled(0);
  return filled((plain.at(-1) ?? 0) ^ lrc);
}

/** Nothing in it looks like the beginning of another frame. */
function smallFrame(lrc: number): Uint8Array {
  const plain = encodeCountedFrame(encodeMisObjects([['DF7F', Uint8Array.of(0)]]));
  return encodeCountedFrame(encodeMisObjects([['DF7F', Uint8Array.of((plain.at(-1) ?? 0) ^ lrc)]]));
}

it.each([
  ['an LRC like NAK behind a small frame whose length is one too short', 0x15, smallFrame(0x15), undefined, 2],
  ['a length that begins like EOT', 0x04, approvalOf(415, 0x77), 0, undefined],
  ['an LRC like NAK behind a length that is one too short', 0x15, approvalOf(60, 0x15), undefined, 2],
  ['an LRC like EOT behind a length that is one too short', 0x04, approvalOf(60, 0x04), undefined, 2],
] as const)('%s is not taken for one', (_, control, frame, lost, shorter) => {
  expect(frame[1] === control || frame.at(-1) === control).toBe(true);
  const spoilt = shorter === undefined ? frame : frame.with(shorter, (frame[shorter] ?? 0) - 1);
  for (const pause of [0, 1, 50, 99]) {
    const sale = new Sale();
    for (let at = 0; at < spoilt.length; at++) {
      if (at !== lost) sale.bytes(spoilt.subarray(at, at + 1));
      sale.pass(pause);
    }
    sale.pass(200_000);
    expect(sale.requests, `pause ${pause}`).toBe(1);
    expect(sale.results, `pause ${pause}`).toMatchObject([{ outcome: 'unknown' }]);
  }
});

it('a NAK that stands alone is one: the same bytes leave again, three times at most', () => {
  const sale = new Sale();
  for (let n = 0; n < 5; n++) {
    sale.bytes(Uint8Array.of(0x15));
    sale.pass(1000);
  }
  expect(sale.requests).toBe(3);
  expect(sale.results).toMatchObject([{ outcome: 'declined', evidence: { by: 'refused', code: 'NAK' } }]);
});

it('whatever comes, there is one result, and an approval only for the answer that was asked for', () => {
  const piece = fc.oneof(
    fc.constantFrom(APPROVAL, Uint8Array.of(6), Uint8Array.of(0x15), Uint8Array.of(4), APPROVAL.subarray(0, 30)),
    fc.uint8Array({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.constantFrom(0, 50, 150, 500, 5000)), { maxLength: 20 }), (story) => {
      const sale = new Sale(21);
      for (const [bytes, ms] of story) {
        sale.bytes(bytes);
        sale.pass(ms);
      }
      sale.pass(400_000);
      expect(sale.results).toHaveLength(1);
      // it names another amount than was asked for
      expect(sale.results[0]?.outcome).not.toBe('approved');
      expect(sale.requests).toBeLessThanOrEqual(3);
    }),
    { numRuns: 500 },
  );
});
