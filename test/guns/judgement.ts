import type { GunFault } from '../../simulator/faults/gun-faults.ts';
import type { GunPersonality } from '../../simulator/personalities/guns.ts';
import { Chance } from '../torture/chance.ts';
import type { Cable } from './cable.ts';
import { Shift } from './shift.ts';

// The judgement of a gun: thousands of codes with chunks and faults by chance, and what the decoder told of each. The
// gun's own record says which codes were whole on the wire; those must come exactly once, in order, and nothing else that
// looks like one of them.

export interface Verdict {
  readonly scans: number;
  /** codes that were whole, or made whole by the protocol */
  readonly good: number;
  readonly spoilt: number;
  /** texts that came of spoilt codes; a classifier turns them down */
  readonly garbage: number;
  readonly bytes: number;
  readonly heapGrowth: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly complaints: readonly string[];
}

/** What becomes of a code under a fault, by what the protocol can make good. */
type Fate = 'whole' | 'spoilt';

type Fates = Partial<Record<GunFault, Fate>>;

/** A line without a check: what can be told apart by silence or a terminator. */
const LINE: Fates = {
  split: 'whole',
  glued: 'whole',
  duplicated: 'whole',
  noise: 'spoilt',
  truncated: 'spoilt',
  unplugged: 'spoilt',
  renamed: 'spoilt',
};
/** Only bytes that follow each other within 100 ms belong together, and two runs without silence are one. */
const BARE_LINE: Fates = { split: 'whole', unplugged: 'spoilt' };
const SSI: Fates = {
  split: 'whole',
  glued: 'whole',
  duplicated: 'whole',
  retransmitted: 'whole',
  garbled: 'whole',
  'byte-lost': 'whole',
  truncated: 'whole',
  noise: 'whole',
  unplugged: 'spoilt',
  renamed: 'spoilt',
};
/** Nothing is sent again. */
const SSI_UNACKNOWLEDGED: Fates = {
  ...SSI,
  garbled: 'spoilt',
  'byte-lost': 'spoilt',
  truncated: 'spoilt',
  noise: 'spoilt',
};
const HID_POS: Fates = { duplicated: 'whole', 'report-lost': 'spoilt', unplugged: 'spoilt' };
/** A lost key-up between unequal keys is none; a half-typed code is dropped by its silence. */
const KEYBOARD: Fates = { 'key-up-lost': 'whole', truncated: 'spoilt', unplugged: 'spoilt' };
/** Two characters become one where Alt does not go up between them. */
const KEYBOARD_ALT: Fates = { ...KEYBOARD, 'key-up-lost': 'spoilt' };
const VGUANG: Fates = { duplicated: 'whole', garbled: 'spoilt', unplugged: 'spoilt' };

/** `listener`: only the till obeys XON and XOFF; the decoder alone never gets to see them. */
export function fatesOf(personality: GunPersonality, listener: JudgeTerms['listener'] = 'decoder'): Fates {
  switch (personality.protocol) {
    case 'ssi': {
      const { packetFormat = 0, softwareHandshaking = 1 } = personality.settings.parameters;
      if (packetFormat === 0) return LINE;
      return softwareHandshaking === 1 ? SSI : SSI_UNACKNOWLEDGED;
    }
    case 'serial-line':
      return personality.settings.suffix.length === 0 ? BARE_LINE : LINE;
    case 'hid-pos':
      return HID_POS;
    case 'hid-keyboard':
      return personality.settings.style === 'alt-numpad' ? KEYBOARD_ALT : KEYBOARD;
    case 'vguang':
      return VGUANG;
    default:
      return 'flow' in personality && listener === 'till' ? { ...LINE, stalled: 'whole' } : LINE;
  }
}

/** The till expects acknowledgements of SSI commands, and pulls a host trigger once a payment, not once a code. */
export const NOT_FOR_THE_TILL: ReadonlySet<string> = new Set(['ssi-unacknowledged', 'ssi-host-trigger']);

/** Real unplugging takes real time: a few are enough. */
const MAX_PULLS = 12;
const FAULT_RATE = 0.04;
/** The clerk takes a moment; after a code that was spoilt the next one cannot run into it. */
const PAUSE_MS: readonly [number, number] = [120, 400];
const AFTER_SPOILT_MS = 2_600;
/** Texts are taken for the same scan within it, as the till does. */
const DEDUPE_MS = 1_500;
const HEAP_AFTER = 0.25;

export interface JudgeTerms {
  readonly scans: number;
  readonly seed: number;
  /** `undefined` where the heap cannot be measured */
  readonly heap?: () => number;
  readonly listener?: 'decoder' | 'till';
}

export class Judgement {
  readonly #shift: Shift;
  readonly #terms: JudgeTerms;
  readonly #fates: Fates;
  readonly #draw: Chance;
  readonly #equalsApart: boolean;
  readonly #isTriggered: boolean;
  readonly #complaints: string[] = [];
  readonly #faults: Record<string, number> = {};
  #last: { readonly text: string; readonly at: number } | undefined;
  /** told since the scan began */
  #heard: string[] = [];
  #good = 0;
  #spoilt = 0;
  #garbage = 0;
  #pulls = 0;
  #previous: string[] = [];

  constructor(personality: GunPersonality, cable: Cable, terms: JudgeTerms) {
    this.#terms = terms;
    this.#fates = fatesOf(personality, terms.listener);
    this.#draw = new Chance(terms.seed);
    this.#isTriggered = personality.protocol === 'ssi' && personality.settings.parameters.triggerMode === 8;
    this.#equalsApart = personality.protocol === 'hid-keyboard';
    this.#shift = new Shift(personality, cable, {
      seed: terms.seed,
      unpaced: 'usb' in personality,
      chunkBytes: 'random',
      ...(terms.listener && { listener: terms.listener }),
    });
    this.#shift.onTold = (told) => {
      if (told.kind === 'text') this.#hear(told.text);
    };
  }

  async run(): Promise<Verdict> {
    const { scans, heap } = this.#terms;
    await this.#shift.pass(1_000);
    const { ear } = this.#shift;
    if (this.#isTriggered)
      this.#shift.take(ear?.ssi?.({ name: 'PARAM_SEND', data: [0xff, 0x8a, 0x00], permanent: true }, 1_000) ?? []);
    await this.#shift.pass(1_000);
    let heapBefore = 0;
    for (let n = 0; n < scans; n++) {
      if (n === Math.floor(scans * HEAP_AFTER)) heapBefore = heap?.() ?? 0;
      await this.#scan();
    }
    await this.#shift.pass(10_000);
    const heapGrowth = heap ? heap() - heapBefore : 0;
    this.#audit();
    return {
      scans,
      good: this.#good,
      spoilt: this.#spoilt,
      garbage: this.#garbage,
      bytes: this.#shift.received,
      heapGrowth,
      faults: this.#faults,
      complaints: this.#complaints,
    };
  }

  /** bytes in = frames + noise + held */
  #audit(): void {
    const { ear, till, received: came } = this.#shift;
    if (till && till.gun.counts.bytes !== came) this.#complain(`${came} bytes came, the till counted otherwise`);
    if (!ear) return;
    const { tally, held } = ear;
    if (held !== 0) this.#complain(`${held} bytes are still held`);
    if (!tally) return;
    const { received, framed, noise } = tally;
    if (received !== this.#shift.received)
      this.#complain(`${this.#shift.received} bytes came, ${received} were counted`);
    if (framed + noise !== received) this.#complain(`${received} bytes, ${framed} framed, ${noise} noise`);
  }

  #complain(words: string): void {
    if (this.#complaints.length < 10) this.#complaints.push(words);
  }

  #hear(text: string): void {
    const at = this.#shift.clock.mono();
    if (this.#last?.text === text && at - this.#last.at < DEDUPE_MS) return;
    this.#last = { text, at };
    this.#heard.push(text);
  }

  async #scan(): Promise<void> {
    const code = this.#code();
    const fault = this.#fault();
    const fate = fault === undefined ? 'whole' : this.#fates[fault];
    if (fault !== undefined) this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    this.#heard = [];
    await this.#shift.scan(code, { symbology: this.#draw.pick(['QR', 'Code 128']), ...(fault && { fault }) });
    await this.#shift.pass(
      fate === 'spoilt' || fault !== undefined ? AFTER_SPOILT_MS : this.#draw.between(...PAUSE_MS),
    );
    if (fate === 'whole') this.#judgeWhole(code, fault);
    else this.#judgeSpoilt(code, fault);
    this.#previous = [code, ...this.#previous].slice(0, 3);
  }

  #judgeWhole(code: string, fault: GunFault | undefined): void {
    this.#good += 1;
    const others = this.#heard.filter((text) => text !== code);
    this.#garbage += others.length;
    // noise in front of a packet may pass for a raw line and take the packet with it; the gun sends that again
    const tolerated =
      fault === 'noise' && !others.some((text) => this.#previous.some((before) => text.includes(before)));
    if (this.#heard.length - others.length === 1 && (others.length === 0 || tolerated)) return;
    const heard = this.#heard.map((text) => JSON.stringify(text)).join(', ');
    this.#complain(`${code} (${fault ?? 'no fault'}) came as [${heard}]`);
  }

  /** It may come as garbage, which a classifier turns down; not glued to another code, not cut and taken for whole. */
  #judgeSpoilt(code: string, fault: GunFault | undefined): void {
    this.#spoilt += 1;
    for (const text of this.#heard) {
      this.#garbage += 1;
      const glued = this.#previous.some((other) => text.includes(other));
      const cut = text !== code && text.length >= 4 && (code.startsWith(text) || code.endsWith(text));
      if (glued || cut) this.#complain(`${code} (${fault}) came ${glued ? 'glued' : 'cut'}: ${JSON.stringify(text)}`);
    }
  }

  #fault(): GunFault | undefined {
    const known = Object.keys(this.#fates) as GunFault[];
    const [first, ...rest] = known;
    if (!first || !this.#draw.happens(FAULT_RATE)) return undefined;
    const fault = this.#draw.pick([first, ...rest]);
    if (fault !== 'unplugged' && fault !== 'renamed') return fault;
    this.#pulls += 1;
    return this.#pulls <= MAX_PULLS ? fault : undefined;
  }

  #code(): string {
    const prefix = this.#draw.pick(['13', '28', '62']);
    let code: string = prefix;
    while (code.length < (prefix === '62' ? 19 : 18)) {
      const digit = String(this.#draw.below(10));
      if (!this.#equalsApart || !code.endsWith(digit)) code += digit;
    }
    return code;
  }
}
