import { expect, it } from 'vitest';
import { ACK } from '../../../protocols/terminal/counted-frame.ts';
import { LINK_DIALECTS } from '../../../protocols/terminal/link/dialects.ts';
import { linkTongue } from '../../../protocols/terminal/link/tongue.ts';
import type { FinancialCommand, TerminalCommand } from '../../../protocols/terminal/messages.ts';
import { TERMINALS } from '../../../simulator/personalities/terminals.ts';
import { SimulatedAckedTerminal } from '../../../simulator/terminals/acked-port.ts';
import type { Wire } from '../../../simulator/wires/wire.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';

const tongue = linkTongue(LINK_DIALECTS.kbtg);
const SALE: FinancialCommand = { kind: 'sale', reference: 'S1', amount: 15_000 };

/** A till of bytes alone, which takes nothing unless it says so. */
function counter() {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
  const frames: Uint8Array[] = [];
  let say: (bytes: Uint8Array) => void = () => undefined;
  const wire: Wire = {
    send: (bytes) => {
      if (bytes.length > 1) frames.push(bytes);
      return Promise.resolve(true);
    },
    listen: (hear) => {
      say = hear;
    },
    pause: () => undefined,
    resume: () => undefined,
  };
  const terminal = new SimulatedAckedTerminal('kbtg', { personality: TERMINALS.link, clock });
  terminal.onWire(wire);
  return { clock, frames, terminal, say: (bytes: Uint8Array) => say(bytes) };
}

function asked(command: TerminalCommand): Uint8Array {
  const request = tongue.request(command);
  if (!request) throw new Error(`Link has no ${command.kind}`);
  return request.frame;
}

it('a till that comes back while the terminal says its result for the last time gets the answer to its own question', () => {
  const { clock, frames, say } = counter();
  say(asked(SALE));
  for (let n = 0; n < 600 && frames.length < 3; n++) clock.advance(100);
  expect(frames, 'the result, said three times to nobody').toHaveLength(3);

  const inquiry = { kind: 'queryByRef', about: { command: SALE } } as const;
  say(asked(inquiry));
  clock.advance(5_000);

  const answers = frames.slice(3).map((frame) => tongue.request(inquiry)?.read(frame));
  expect(answers[0]).toMatchObject({
    kind: 'result',
    result: { reference: 'S1', outcome: 'approved', amount: 15_000 },
  });
});

it('one that is still gone is given up: the terminal is free for the next customer', () => {
  const { clock, frames, terminal, say } = counter();
  say(asked(SALE));
  clock.advance(60_000);
  expect(frames).toHaveLength(3);

  say(asked({ ...SALE, reference: 'S2' }));
  clock.advance(1_000);
  say(Uint8Array.of(ACK));
  clock.advance(60_000);

  expect(terminal.ledger.entries).toHaveLength(2);
});
