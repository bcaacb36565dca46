import { HOP_MS } from '../world/broker.ts';
import type { CardBox } from './card-box.ts';
import type { Chance } from './chance.ts';
import type { FaultName } from './faults.ts';
import { FAIR, type NetworkWeather } from './network.ts';
import type { PadBox } from './pad-box.ts';
import { TILL } from './terms.ts';
import type { World } from './world.ts';

// When each fault happens: drawn once, before the world begins. Faults that people bring (gun, clerk, customer) happen
// when those people act; they ask `wants`.

type Arrange = (world: World, chance: Chance, spanMs: number) => void;

/** `on`, and after some time `off`, some times. */
function spells(times: readonly [number, number], lastsMs: readonly [number, number]) {
  return (name: FaultName, on: (world: World, chance: Chance) => void, off: (world: World) => void): Arrange =>
    (world, chance, spanMs) => {
      for (let n = chance.between(...times); n > 0; n--) {
        const lasts = chance.between(...lastsMs);
        world.at(chance.below(spanMs), () => {
          world.hit(name);
          on(world, chance);
          world.at(lasts, () => off(world));
        });
      }
    };
}

function weather(name: FaultName & keyof typeof RATES): Arrange {
  return (world, chance) => {
    const [member, low, high] = RATES[name];
    const rate = low + chance.next() * (high - low);
    world.network.weather = { ...world.network.weather, [member]: rate };
  };
}

const RATES = {
  'message-lost': ['lost', 0.01, 0.3],
  'message-late': ['late', 0.03, 0.35],
  'message-reordered': ['reordered', 0.1, 0.6],
  'message-twice': ['twice', 0.05, 0.5],
  'pay-behind-its-reverse': ['payBehindItsReverse', 0.3, 0.9],
} as const satisfies Record<string, readonly [keyof NetworkWeather, number, number]>;

/** Once or more at any moment. */
function moments(times: readonly [number, number], act: (world: World, chance: Chance) => void): Arrange {
  return (world, chance, spanMs) => {
    for (let n = chance.between(...times); n > 0; n--) world.at(chance.below(spanMs), () => act(world, chance));
  };
}

/** The same, in worlds that have a card terminal. */
function atTerminal(
  times: readonly [number, number],
  act: (world: World, box: CardBox, chance: Chance) => void,
): Arrange {
  return (world, chance, spanMs) => {
    const { card } = world;
    if (card) moments(times, () => act(world, card, chance))(world, chance, spanMs);
  };
}

/** The same, in worlds that have a signature pad. */
function atPad(times: readonly [number, number], act: (world: World, pad: PadBox, chance: Chance) => void): Arrange {
  return (world, chance, spanMs) => {
    const pad = world.signing?.box;
    if (pad) moments(times, () => act(world, pad, chance))(world, chance, spanMs);
  };
}

const crash = (how: 'kill' | 'power-cut', name: FaultName) =>
  moments([1, 3], (world, chance) => {
    if (!world.computer.run) return;
    world.hit(name);
    world.crash(how, chance.between(100, 10_000));
  });

const HOUR_MS = 3_600_000;

export const SCHEDULE: Partial<Record<FaultName, Arrange>> = {
  'message-lost': weather('message-lost'),
  'message-late': weather('message-late'),
  'message-reordered': weather('message-reordered'),
  'message-twice': weather('message-twice'),
  'pay-behind-its-reverse': weather('pay-behind-its-reverse'),
  'broker-down': spells([1, 3], [1_000, 70_000])(
    'broker-down',
    ({ broker }) => broker.stop(),
    ({ broker }) => broker.restart(),
  ),
  'broker-flapping': spells([3, 12], [50, 3_000])(
    'broker-flapping',
    ({ broker }) => broker.stop(),
    ({ broker }) => broker.restart(),
  ),
  'session-lost': spells([1, 3], [100, 5_000])(
    'session-lost',
    ({ broker }) => {
      broker.stop();
      broker.forgetSessions();
    },
    ({ broker }) => broker.restart(),
  ),
  'connection-cut': moments([1, 6], (world) => {
    world.hit('connection-cut');
    world.broker.cut();
  }),
  'half-open': moments([1, 3], (world) => {
    world.hit('half-open');
    world.broker.halfOpen();
  }),
  'backend-away': spells([1, 3], [2_000, 60_000])(
    'backend-away',
    ({ broker }) => broker.setBackendOnline(false),
    ({ broker }) => broker.setBackendOnline(true),
  ),
  'backend-restarted': spells([1, 4], [100, 2_000])(
    'backend-restarted',
    ({ broker }) => broker.setBackendOnline(false),
    ({ broker }) => broker.setBackendOnline(true),
  ),
  'events-not-acknowledged': spells([1, 2], [5_000, 120_000])(
    'events-not-acknowledged',
    ({ backend }) => {
      backend.acknowledgesEvents = false;
    },
    ({ backend }) => {
      backend.acknowledgesEvents = true;
    },
  ),
  'time-not-told': spells([1, 2], [30_000, 300_000])(
    'time-not-told',
    ({ backend }) => {
      backend.answersTime = false;
    },
    ({ backend }) => {
      backend.answersTime = true;
    },
  ),
  'time-told-late': (world, chance) => {
    world.hit('time-told-late');
    world.network.timeTakesMs = chance.between(2_000, 12_000);
  },
  'request-swallowed': moments([1, 5], (world, chance) =>
    world.injectAtBackend('request-swallowed', {
      kind: 'swallow',
      op: chance.pick(['pay', 'query', 'reverse', 'intent']),
    }),
  ),
  'reply-dropped': moments([1, 5], (world, chance) =>
    world.injectAtBackend('reply-dropped', {
      kind: 'drop-reply',
      op: chance.pick(['pay', 'query', 'reverse', 'intent']),
    }),
  ),
  'reply-late': moments([1, 5], (world, chance) => {
    const ms = chance.between(1_000, 60_000);
    world.injectAtBackend('reply-late', {
      kind: 'delay-reply',
      op: chance.pick(['pay', 'query', 'reverse', 'intent']),
      ms,
    });
  }),
  'agent-killed': crash('kill', 'agent-killed'),
  'power-cut': crash('power-cut', 'power-cut'),
  'crash-loop': moments([1, 1], (world, chance) => {
    for (let n = 0; n < 5; n++) {
      world.at(n * 400 + chance.below(300), () => {
        if (!world.computer.run) return;
        world.hit('crash-loop');
        world.crash(chance.happens(0.5) ? 'kill' : 'power-cut', chance.between(10, 200));
      });
    }
  }),
  'agent-restarted': moments([1, 2], (world, chance) => {
    if (!world.computer.isUp) return;
    world.hit('agent-restarted');
    void world.computer.stop().then(() => world.computer.startLater(chance.between(100, 5_000)));
  }),
  'clock-jump': moments([1, 4], (world, chance) => {
    world.hit('clock-jump');
    world.computer.setWallClock(wrongClock(chance));
  }),
  'clock-wrong': (world, chance) => {
    world.hit('clock-wrong');
    world.computer.setWallClock(wrongClock(chance));
  },
  'disk-full': spells([1, 2], [2_000, 60_000])(
    'disk-full',
    ({ disk }, chance) => {
      disk.trouble.free = chance.below(2_000);
    },
    ({ disk }) => {
      disk.trouble.free = Number.POSITIVE_INFINITY;
    },
  ),
  'disk-read-only': spells([1, 2], [1_000, 40_000])(
    'disk-read-only',
    ({ disk }) => {
      disk.trouble.readOnly = true;
    },
    ({ disk }) => {
      disk.trouble.readOnly = false;
    },
  ),
  'sync-fails': spells([1, 4], [50, 5_000])(
    'sync-fails',
    ({ disk }) => {
      disk.trouble.failsSync = true;
    },
    ({ disk }) => {
      disk.trouble.failsSync = false;
    },
  ),
  'disk-slow': spells([1, 3], [1_000, 60_000])(
    'disk-slow',
    ({ disk }, chance) => {
      disk.trouble.syncMs = chance.between(20, 8_000);
    },
    ({ disk }) => {
      disk.trouble.syncMs = 1;
    },
  ),
  'paper-out': spells([1, 3], [2_000, 60_000])(
    'paper-out',
    ({ printer }) => printer.change({ paper: 'end' }),
    ({ printer }) => printer.change({ paper: 'ok' }),
  ),
  'paper-out-mid-slip': moments([1, 2], (world, chance) => {
    world.onceMidSlip(() => {
      world.hit('paper-out-mid-slip');
      world.printer.change({ paper: 'end' });
      world.at(chance.between(1_000, 40_000), () => world.printer.change({ paper: 'ok' }));
    });
  }),
  'cover-open': spells([1, 3], [1_000, 20_000])(
    'cover-open',
    ({ printer }) => printer.change({ cover: 'open' }),
    ({ printer }) => printer.change({ cover: 'closed' }),
  ),
  'printer-stalled': spells([1, 3], [1_000, 40_000])(
    'printer-stalled',
    ({ printerPort }) => printerPort.stall(),
    ({ printerPort }) => printerPort.flow(),
  ),
  'printer-pulled': (world, chance, spanMs) => {
    for (let n = chance.between(1, 2); n > 0; n--) {
      const pull = () => {
        world.hit('printer-pulled');
        world.printer.powerOff();
        world.at(chance.between(500, 30_000), () => world.printer.powerOn());
      };
      world.at(chance.below(spanMs), () => (chance.happens(0.5) ? world.onceMidSlip(pull) : pull()));
    }
  },
  'card-pulled': atTerminal([1, 3], (world, { port }, chance) => {
    world.hit('card-pulled');
    port.pull();
    world.at(chance.between(100, 40_000), () => port.plug());
  }),
  'card-switched-off': atTerminal([1, 2], (world, box) => {
    world.hit('card-switched-off');
    box.restart();
  }),
  'pad-pulled': atPad([1, 3], (world, { port }, chance) => {
    world.hit('pad-pulled');
    port.pull();
    world.at(chance.between(100, 40_000), () => port.plug());
  }),
  'pad-switched-off': atPad([1, 2], (world, pad) => {
    world.hit('pad-switched-off');
    pad.switchOff();
  }),
  'printer-mute': spells([1, 2], [5_000, 90_000])(
    'printer-mute',
    ({ printer }) => {
      printer.mute = true;
    },
    ({ printer }) => {
      printer.mute = false;
    },
  ),
};

/** A dead CMOS battery, a wrong time zone, NTP that comes late. */
function wrongClock(chance: Chance): number {
  const far = [-56 * 365 * 24 * HOUR_MS, -HOUR_MS, HOUR_MS, 8 * HOUR_MS, 400 * 24 * HOUR_MS] as const;
  return chance.happens(0.6) ? chance.pick(far) : chance.between(-200_000, 200_000);
}

/** Everything is well again. */
export function heal(world: World): void {
  const { broker, backend, disk, printer, printerPort } = world;
  world.network.weather = FAIR;
  world.network.timeTakesMs = HOP_MS;
  broker.restart();
  broker.setBackendOnline(true);
  broker.admits = true;
  backend.desk(TILL).calm();
  backend.acknowledgesEvents = true;
  backend.answersTime = true;
  backend.notices.plan = { manner: 'signed', afterMs: [1_000] };
  Object.assign(disk.trouble, { free: Number.POSITIVE_INFINITY, readOnly: false, failsSync: false, syncMs: 1 });
  printer.mute = false;
  printer.stopSwallowing();
  if (!printerPort.plugged) printer.powerOn();
  printer.change({ paper: 'ok', cover: 'closed' });
  printerPort.flow();
  world.gunPort.plug();
  world.card?.heal();
  world.signing?.box.heal();
}
