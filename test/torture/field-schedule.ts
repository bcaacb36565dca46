import type { Json } from '../../protocols/backend/canonical.ts';
import type { Passing } from '../world/broker.ts';
import type { Chance } from './chance.ts';
import { kindOf } from './crash-points.ts';
import type { FieldFault } from './field-faults.ts';
import type { WrittenRecord } from './witness.ts';
import type { World } from './world.ts';

// When the faults of the field happen (field-faults.ts).

type Arrange = (world: World, chance: Chance, spanMs: number) => void;

/** Once or more, at any moment of the day. */
function moments(times: readonly [number, number], act: (world: World, chance: Chance) => void): Arrange {
  return (world, chance, spanMs) => {
    for (let n = chance.between(...times); n > 0; n--) world.at(chance.below(spanMs), () => act(world, chance));
  };
}

const SAYS_PAID: ReadonlySet<unknown> = new Set(['payment', 'intent-payment', 'card-payment']);

function saysPaid(record: WrittenRecord): boolean {
  return SAYS_PAID.has(kindOf(record));
}

/**
 * The record does not fit. Every second time whoever filled the disk takes what the journal gives back of its reserve, too:
 * then it cannot be written at all before there is space again.
 */
const diskFullAtPaid: Arrange = (world, chance, spanMs) => {
  const { disk, clock, witness } = world;
  const from = chance.below(spanMs / 2);
  let left = chance.between(1, 3);
  let takesAll = false;
  disk.onAsked = (name, bytes) => {
    if (world.healed) return;
    if (takesAll) disk.trouble.free = Math.min(disk.trouble.free, chance.below(bytes.length));
    if (takesAll || left === 0 || clock.mono() < from || !witness.records(name, bytes).some(saysPaid)) return;
    left -= 1;
    world.hit('disk-full-at-paid');
    disk.trouble.free = chance.below(bytes.length);
    takesAll = chance.happens(0.5);
    world.at(chance.between(1_000, 60_000), () => {
      takesAll = false;
      disk.trouble.free = Number.POSITIVE_INFINITY;
    });
  };
};

/** As many of the newest replies are told again. */
const KEPT_REPLIES = 30;

/** A reply is held up on its way; the agent dies meanwhile; its next life gets it, and older ones with it. */
const replyOfAnEarlierLife: Arrange = (world, chance, spanMs) => {
  const { broker, computer } = world;
  const earlier: Passing[] = [];
  let holds = 0;
  const fateOf = broker.fateOf;
  broker.fateOf = (passing) => {
    const isReply = passing.direction === 'down' && passing.topic.includes('/rep/');
    if (isReply) earlier.unshift(passing);
    earlier.length = Math.min(earlier.length, KEPT_REPLIES);
    if (!isReply || holds === 0 || world.healed) return fateOf(passing);
    holds -= 1;
    world.at(chance.between(0, 3_000), () => dies(passing));
    return [];
  };
  const dies = (held: Passing) => {
    if (!computer.run) return;
    const life = computer.starts;
    world.crash('kill', chance.between(100, 5_000));
    const old = earlier[chance.below(earlier.length)] ?? held;
    for (const passing of chance.happens(0.5) ? [held] : [held, old])
      world.at(chance.between(5_000, 40_000), () => arrives(passing, life));
  };
  const arrives = ({ topic, text }: Passing, life: number) => {
    if (computer.starts === life || !broker.running) return;
    world.hit('reply-of-an-earlier-life');
    broker.publish(topic, JSON.parse(text) as Json, 1);
  };
  for (let n = chance.between(1, 3); n > 0; n--)
    world.at(chance.below(spanMs), () => {
      holds += 1;
    });
};

/** Everything that hangs on it comes back in its own time. */
const hubOff = moments([1, 3], (world, chance) => {
  const go = () => {
    if (world.healed || !world.printerPort.plugged || !world.gunPort.plugged) return;
    world.hit('hub-off');
    const { gunPort, printer, card, signing } = world;
    const isBackIn = (plug: () => void) => world.at(chance.between(100, 30_000), plug);
    gunPort.pull();
    isBackIn(() => gunPort.plug());
    printer.powerOff();
    isBackIn(() => printer.powerOn());
    for (const port of [card?.port, signing?.box.port]) {
      port?.pull();
      if (port) isBackIn(() => port.plug());
    }
  };
  if (chance.happens(0.4)) world.onceMidSlip(go);
  else go();
});

/** Longer than any slip takes at 9,600 Bd: the end of one alone is confirmed by any printer, and nobody could know. */
const STARTS_WITHIN_MS = [10_000, 15_000] as const;

/** A press of its button: nobody on the cable is told. */
const printerRestarts = moments([1, 3], (world, chance) => {
  const go = () => {
    if (world.healed || !world.printerPort.plugged) return;
    world.hit('printer-restarts');
    world.printer.restart(chance.between(...STARTS_WITHIN_MS));
  };
  if (chance.happens(0.7)) world.onceMidSlip(go);
  else go();
});

/** A cable that takes everything: whole writes, for the end of a slip alone is confirmed by any printer, and nobody can know. */
const printerSwallows = moments([1, 3], (world, chance) => {
  if (world.healed) return;
  world.printer.swallow(() => world.hit('printer-swallows'));
  world.at(chance.between(1_000, 30_000), () => world.printer.stopSwallowing());
});

const CHECKPOINT = /^checkpoint-\d+$/;

/** Flash that was not read for long; the checkpoint is a shortcut and never the truth. */
const checkpointSpoilt = moments([1, 3], (world, chance) => {
  const names = world.disk.names.filter((name) => CHECKPOINT.test(name));
  const newest = names.at(-1);
  if (newest === undefined || !world.computer.isUp) return;
  world.crash('kill', chance.between(500, 5_000));
  world.hit('checkpoint-spoilt');
  for (const name of chance.happens(0.3) ? names : [newest]) world.disk.turn(name, chance);
});

export const FIELD_SCHEDULE: Readonly<Partial<Record<FieldFault, Arrange>>> = {
  'disk-full-at-paid': diskFullAtPaid,
  'reply-of-an-earlier-life': replyOfAnEarlierLife,
  'hub-off': hubOff,
  'printer-restarts': printerRestarts,
  'printer-swallows': printerSwallows,
  'printer-confirms-twice': (world, chance) => {
    world.printer.repeats = () => {
      if (world.healed || !chance.happens(0.4)) return undefined;
      world.hit('printer-confirms-twice');
      return chance.between(0, 5_000);
    };
  },
  'broker-refuses': moments([1, 2], (world, chance) => {
    const { broker } = world;
    world.hit('broker-refuses');
    broker.admits = false;
    broker.cut();
    world.at(chance.between(1_000, 40_000), () => {
      broker.admits = true;
    });
  }),
  'checkpoint-spoilt': checkpointSpoilt,
  'cut-before-pay': (world, chance, spanMs) => {
    const from = chance.below(spanMs / 2);
    let left = chance.between(1, 2);
    const { witness, clock, broker } = world;
    const before = witness.onRecord;
    witness.onRecord = (record) => {
      before(record);
      if (left === 0 || world.healed || clock.mono() < from || kindOf(record) !== 'attempt') return;
      left -= 1;
      world.hit('cut-before-pay');
      // before the disk has it, which takes a millisecond
      clock.after(0, () => broker.cut());
    };
  },
};
