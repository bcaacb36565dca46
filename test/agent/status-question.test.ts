import { describe, expect, it } from 'vitest';
import { Expectations } from '../../agent/devices/expectations.ts';
import { askStatus } from '../../agent/devices/status-question.ts';
import type { ByteLink } from '../../agent/transport/link.ts';
import { ReplyReader } from '../../protocols/escpos/status.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { pass } from '../world/pass.ts';

// A slip counts as printed when the printer answers a question behind its last byte. Answers carry no name: one that is late by
// a busy machine must not answer the next question, or a slip that is still in the cable is called printed and lost at a crash.

/** DLE EOT 1, 2, 4: online; cover closed (or open); paper there */
const READY = [0x12, 0x12, 0x12];
const COVER_OPEN = [0x12, 0x16, 0x12];

function printer() {
  const clock = new VirtualClock(0);
  const replies = new Expectations(clock);
  const reader = new ReplyReader();
  const link: ByteLink = {
    isUp: true,
    write: () => Promise.resolve({ kind: 'written' }),
    close: () => Promise.resolve(),
  };
  const said: unknown[] = [];
  return {
    clock,
    said,
    ask: () => void askStatus(link, replies, 'sent').then((answer) => said.push(answer)),
    answers: (bytes: readonly number[]) => {
      for (const reply of reader.push(Uint8Array.from(bytes))) replies.heard(reply);
    },
  };
}

describe('a question to a printer', () => {
  it('is not answered by the late answer of the question before it', async () => {
    const { clock, said, ask, answers } = printer();
    ask();
    await pass(clock, 310);
    expect(said).toEqual(['silent']);
    ask();
    answers(READY);
    await pass(clock, 1);
    expect(said, 'the first one, late').toEqual(['silent']);
    answers(COVER_OPEN);
    await pass(clock, 1);
    expect(said[1]).toMatchObject({ cover: 'open' });
  });

  it('is answered by its own when the earlier ones never came, a second later', async () => {
    const { clock, said, ask, answers } = printer();
    ask();
    await pass(clock, 1_000);
    ask();
    answers(READY);
    await pass(clock, 1);
    expect(said).toMatchObject(['silent', { cover: 'closed', paper: 'ok' }]);
  });
});
