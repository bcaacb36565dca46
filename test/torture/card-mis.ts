import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import type { MisCommand } from '../../protocols/terminal/mis/dialect.ts';
import { type MisObject, misObject } from '../../protocols/terminal/mis/objects.ts';
import type { MisFault } from '../../simulator/terminals/mis-faults.ts';
import type { MisBooking } from '../../simulator/terminals/mis-model.ts';
import { SimulatedMis } from '../../simulator/terminals/mis-mouth.ts';
import { MIS_PERSONALITIES } from '../../simulator/terminals/mis-personalities.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { CardDevice, CardMoney, CardWatcher } from './card-box.ts';
import type { CardLine } from './card-line.ts';
import type { CardMake } from './card-make.ts';
import type { Chance } from './chance.ts';

/** It may still be at a request that it took so long ago. */
const AT_WORK_MS = 30_000;

const IN_PARTS: ReadonlySet<MisFault> = new Set(['packets', 'packets-cut', 'relay']);

/** A bank's MIS terminal: cards, codes that the till's gun reads, or both. */
export function misDevice(
  make: CardMake,
  line: CardLine,
  clock: Clock,
  chance: Chance,
  watcher: CardWatcher,
): CardDevice {
  const { takesCards } = make;
  const base = MIS_PERSONALITIES[takesCards ? 'another-bank' : 'boc-yinjie'];
  const personality = {
    ...base,
    ackMs: 5,
    hostMs: chance.pick([200, 1_500, 4_000]),
    chargesRepeats: chance.happens(0.3),
  };
  const host = (packet: Uint8Array) => packet;
  const terminal = new SimulatedMis(line, { personality, clock: clock, random: chance.next, host });
  const { tags, commands } = personality.dialect;
  /** by correlation: a till that was started anew says the next thing while the terminal is still at the last one */
  const asked = new Map<string, string | undefined>();
  const numberOf = (objects: readonly MisObject[]) =>
    String(misObject(objects, tags.correlation)?.value.reduce((number, byte) => 256 * number + byte, 0));
  let busyUntil = 0;
  let fault: MisFault | undefined;
  terminal.onFault = (happens) => {
    fault = happens;
    watcher.happens(`mis-${happens}`);
  };
  terminal.onRequest = (objects) => {
    busyUntil = clock.mono() + AT_WORK_MS;
    const code = misObject(objects, tags.command)?.value[0];
    if (Object.values(commands).includes(code as never)) asked.set(numberOf(objects), watcher.commanded('money'));
    const paycode = misObject(objects, tags.paycode)?.value;
    if (paycode) watcher.codeArrived(decodeLatin1(paycode));
  };
  const known = new Map<MisBooking, CardMoney>();
  terminal.model.onBooked = (booking, askedFen) => {
    const what = KINDS[booking.command];
    if (!what) return;
    const money: CardMoney = {
      ...what,
      askedFen,
      attemptId: asked.get(booking.correlation),
      amountFen: () => booking.amountFen,
      state: () => standingOf(booking),
      undo: () => {
        known.delete(booking);
        if (what.kind === 'hold') booking.ended = 'cancelled';
        else booking.voided = true;
      },
    };
    known.set(booking, money);
    watcher.booked(money);
  };
  terminal.model.onVoided = (booking) => {
    const money = known.get(booking);
    if (money) watcher.voided(money);
  };
  terminal.model.onHoldEnded = (hold) => {
    const money = known.get(hold);
    if (money && hold.ended === 'cancelled') watcher.voided(money);
  };
  return {
    // one packet of three, or one for the host, is no answer yet
    ackTakesAnswer: () => fault === undefined || !IN_PARTS.has(fault),
    isBusy: () => clock.mono() < busyUntil,
    linkLost: () => undefined,
    restart: () => undefined,
    arm: (fault) => terminal.breakNext(fault.replace('mis-', '') as MisFault),
    calm: () => terminal.calm(),
  };
}

const KINDS: Readonly<Partial<Record<MisCommand, Pick<CardMoney, 'kind' | 'command'>>>> = {
  sale: { kind: 'sale', command: 'sale' },
  qrSale: { kind: 'sale', command: 'sale' },
  refund: { kind: 'refund', command: 'refund' },
  preAuth: { kind: 'hold', command: 'preAuth' },
  completePreAuth: { kind: 'sale', command: 'completePreAuth' },
};

const HOLD_ENDS = { completed: 'used', cancelled: 'void', expired: 'none' } as const;

function standingOf({ outcome, voided, ended }: MisBooking): ReturnType<CardMoney['state']> {
  if (outcome !== 'approved') return 'none';
  if (ended) return HOLD_ENDS[ended];
  return voided ? 'void' : 'stands';
}
