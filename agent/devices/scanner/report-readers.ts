import { PacketFramer } from '../../../protocols/framing/packet.ts';
import { encodeGrow, GROW_COMMANDS } from '../../../protocols/scanner/grow.ts';
import type { GunNoise } from '../../../protocols/scanner/gun-event.ts';
import { type HidDescriptor, parseHidDescriptor } from '../../../protocols/scanner/hid-descriptor.ts';
import { KeyboardReader } from '../../../protocols/scanner/hid-keyboard.ts';
import { HidPosReader, HONEYWELL_HID_POS_ON, honeywellOut, newlandOut } from '../../../protocols/scanner/hid-pos.ts';
import { type HidPosLayout, hidPosLayout } from '../../../protocols/scanner/hid-pos-layout.ts';
import { honeywellKey } from '../../../protocols/scanner/honeywell.ts';
import type { KeyboardLayoutName } from '../../../protocols/scanner/keyboard-layouts.ts';
import { parseVguang, VGUANG_COMMANDS, vguangShape } from '../../../protocols/scanner/vguang.ts';
import type { Peer } from '../../transport/link.ts';
import { type GunOrder, type GunOrders, VGUANG_ORDERS } from './orders.ts';
import type { GunNews, GunReader } from './reader.ts';

// Readers of guns that speak in HID reports.

const beep = honeywellOut(honeywellKey('beep'));

/** By what else comes in the codes' report: that tells the maker. None of these is answered. */
const HID_POS_ORDERS: Readonly<Record<'aim' | 'newland' | 'none', GunOrders<Uint8Array>>> = {
  aim: {
    trigger: [honeywellOut(honeywellKey('trigger'))],
    release: [honeywellOut(honeywellKey('release'))],
    good: [beep],
    bad: [beep, beep, beep],
  },
  newland: { trigger: [newlandOut(encodeGrow(GROW_COMMANDS.trigger))] },
  none: {},
};

/** HID POS, whatever the layout. */
class HidPosGunReader implements GunReader {
  readonly source = 'hid-pos';
  readonly unanswered = 0;
  readonly orders: ReadonlySet<GunOrder>;
  readonly #orders: GunOrders<Uint8Array>;
  readonly #reader: HidPosReader;
  readonly #greeting: readonly GunNews[];

  constructor(layout: HidPosLayout, descriptor: HidDescriptor | undefined) {
    this.#orders = HID_POS_ORDERS[layout.answers ?? 'none'];
    this.orders = new Set(Object.keys(this.#orders) as GunOrder[]);
    this.#reader = new HidPosReader(layout);
    const switched = layout.answers === 'aim' && hasFeature(descriptor, HONEYWELL_HID_POS_ON[0] ?? 0);
    this.#greeting = switched ? [{ kind: 'feature', bytes: HONEYWELL_HID_POS_ON }] : [];
  }

  get nextDeadline(): number | undefined {
    return this.#reader.nextDeadline;
  }

  push(report: Uint8Array, at: number): GunNews[] {
    return withoutTold(this.#reader.push(report, at));
  }

  wake(at: number): GunNews[] {
    return withoutTold(this.#reader.silence(at));
  }

  reset(at: number): GunNews[] {
    return withoutTold(this.#reader.reset(at));
  }

  greet(): readonly GunNews[] {
    return this.#greeting;
  }

  give(order: GunOrder): GunNews[] {
    return (this.#orders[order] ?? []).map((bytes) => ({ kind: 'send', bytes }));
  }
}

function hasFeature(descriptor: HidDescriptor | undefined, id: number): boolean {
  return descriptor?.reports.some((report) => report.kind === 'feature' && report.id === id) === true;
}

function withoutTold(events: ReturnType<HidPosReader['push']>): GunNews[] {
  return events.filter((event) => event.kind !== 'told');
}

/** 微光互联: frames across reports that have no id. */
class VguangReader implements GunReader {
  readonly source = 'hid-pos';
  readonly unanswered = 0;
  readonly orders: ReadonlySet<GunOrder> = new Set(Object.keys(VGUANG_ORDERS) as GunOrder[]);
  readonly #framer = new PacketFramer(vguangShape);

  get nextDeadline(): number | undefined {
    return this.#framer.nextDeadline;
  }

  push(report: Uint8Array, at: number): GunNews[] {
    return this.#read(this.#framer.push(report, at), at);
  }

  wake(at: number): GunNews[] {
    return this.#read(this.#framer.silence(at), at);
  }

  reset(at: number): GunNews[] {
    return this.#read(this.#framer.reset(), at);
  }

  /** Zeros that fill a report are no noise. */
  #read(events: ReturnType<PacketFramer['push']>, at: number): GunNews[] {
    return events.flatMap((event): GunNews[] => {
      if (event.kind === 'noise') return event.cause === 'junk' ? [] : [event];
      const { bytes, startedAt, endedAt } = event;
      const frame = parseVguang(bytes, 'box');
      if (!frame || isOurs(frame.command)) return [];
      if (frame.status !== 0) return [{ kind: 'no-read', at }];
      return [{ kind: 'code', bytes: frame.data.slice(), startedAt, endedAt }];
    });
  }

  greet(): GunNews[] {
    return [];
  }

  /** Written with the report id 00: these boxes use none. */
  give(order: GunOrder): GunNews[] {
    return (VGUANG_ORDERS[order] ?? []).map((bytes) => ({ kind: 'send', bytes: Uint8Array.of(0, ...bytes) }));
  }
}

const OUR_COMMANDS: ReadonlySet<number> = new Set(Object.values(VGUANG_COMMANDS));

/** The answer to a command bears its number. */
function isOurs(command: number): boolean {
  return OUR_COMMANDS.has(command);
}

/** The slowest keyboard gun gives a report each 80 ms: after such a silence a new code begins. */
const TORN_MS = 400;

/** Keys, as boot reports. */
class KeyboardGunReader implements GunReader {
  readonly source = 'hid-keyboard';
  readonly unanswered = 0;
  readonly orders: ReadonlySet<GunOrder> = new Set();
  readonly #reader: KeyboardReader;
  #tornUntil = Number.NEGATIVE_INFINITY;

  constructor(layout: KeyboardLayoutName, ends: 'key' | 'either') {
    this.#reader = new KeyboardReader({ layout, ends });
  }

  get nextDeadline(): number | undefined {
    return this.#reader.nextDeadline;
  }

  /** An empty report says that keys were lost: what is half there is no code, and neither is what follows of it. */
  push(report: Uint8Array, at: number): GunNews[] {
    if (report.length > 0) return this.#whole(typed(this.#reader.push(report, at)), at);
    this.#tornUntil = at + TORN_MS;
    return typed(this.#reader.reset(at));
  }

  #whole(news: GunNews[], at: number): GunNews[] {
    if (at >= this.#tornUntil) return news;
    const isTail = news.some(({ kind }) => kind === 'typed');
    this.#tornUntil = isTail ? Number.NEGATIVE_INFINITY : at + TORN_MS;
    return isTail ? news.filter(({ kind }) => kind !== 'typed') : news;
  }

  wake(at: number): GunNews[] {
    return typed(this.#reader.silence(at));
  }

  reset(at: number): GunNews[] {
    return typed(this.#reader.reset(at));
  }

  greet(): GunNews[] {
    return [];
  }

  give(): GunNews[] {
    return [];
  }
}

function typed(events: ReturnType<KeyboardReader['push']>): GunNews[] {
  return events.flatMap((event): GunNews[] => {
    if (event.kind === 'line-end') return [];
    if (event.kind === 'leds') return [{ kind: 'send', bytes: Uint8Array.of(0, ...event.bytes) }];
    if (event.kind === 'noise') return [event satisfies GunNoise];
    const { text, startedAt, endedAt } = event;
    return [{ kind: 'typed', text, startedAt, endedAt }];
  });
}

const KEYBOARD_USAGE = 0x010006;
const VGUANG = { vendorId: 0x0525, productId: 0xa4ac };

/** The reader for a HID device by its own word, or why there is none. */
export function reportReader(
  peer: Peer,
  keyboard: { readonly layout: KeyboardLayoutName; readonly ends: 'key' | 'either' },
): GunReader | { readonly problem: string } {
  if (peer.keys) return new KeyboardGunReader(keyboard.layout, keyboard.ends);
  const parsing = peer.descriptor && parseHidDescriptor(peer.descriptor);
  const descriptor = parsing && 'descriptor' in parsing ? parsing.descriptor : undefined;
  if (peer.vendorId === VGUANG.vendorId && peer.productId === VGUANG.productId) return new VguangReader();
  const layout = hidPosLayout(peer.vendorId, descriptor);
  const isKeyboard = descriptor?.applications.includes(KEYBOARD_USAGE) === true;
  if (layout && !(isKeyboard && layout.name !== 'descriptor' && !hasPos(descriptor)))
    return new HidPosGunReader(layout, descriptor);
  if (isKeyboard) return new KeyboardGunReader(keyboard.layout, keyboard.ends);
  const why = parsing && 'problem' in parsing ? `its report descriptor is damaged: ${parsing.problem}` : NO_LAYOUT;
  return { problem: why };
}

const HID_POS_PAGE = 0x8c;
const NO_LAYOUT = 'neither its report descriptor nor its maker tells where a code stands in its reports';

function hasPos(descriptor: HidDescriptor | undefined): boolean {
  return descriptor?.applications.some((usage) => usage >> 16 === HID_POS_PAGE) === true;
}
