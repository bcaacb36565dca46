import type { Bitmap } from '../../protocols/escpos/image.ts';
import { SIGNATURE_FAULTS, type SignatureBook, type SignatureFault } from '../../simulator/backend/signature-book.ts';
import { PAD_FAULTS, type PadFault } from '../../simulator/terminals/pad-faults.ts';
import { SimulatedPad } from '../../simulator/terminals/pad-mouth.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import { CardLine } from './card-line.ts';
import type { Chance } from './chance.ts';
import type { PadMake } from './pad-make.ts';
import type { PadMoment } from './pad-points.ts';
import type { SerialPort } from './serial-port.ts';

// The signature pad beside the card terminal, one of the simulator's, and what the acquirer does with signatures.

export type SigningFault = `pad-${PadFault}` | `signature-${SignatureFault}` | (typeof MORE)[number][0];

const MORE = [
  ['signature-upload-refused-thrice', 'signature: refused each time that it comes: the slip is for the file'],
  ['pad-pulled', 'the cable of the signature pad is pulled'],
  ['pad-switched-off', 'the signature pad is switched off and on'],
] as const;

export const SIGNING_FAULTS = Object.fromEntries([
  ...Object.entries(PAD_FAULTS).map(([name, title]) => [`pad-${name}`, `signature pad: ${title}`]),
  ...Object.entries(SIGNATURE_FAULTS).map(([name, title]) => [`signature-${name}`, `signature: ${title}`]),
  ...MORE,
]) as Readonly<Record<SigningFault, string>>;

/** What the pad gave to a till: under whose code, and what was drawn. */
export interface GivenSignature {
  readonly featureCode: string;
  readonly bitmap: Bitmap;
}

export interface PadWatcher {
  wants(fault: SigningFault): boolean;
  happens(fault: SigningFault): void;
  reached(point: PadMoment): void;
  /** somebody is asked to sign under this code */
  asked(featureCode: string): void;
}

/** A pad has no memory of the sale before that one. */
const NEEDS_AN_OLD_ONE: ReadonlySet<PadFault> = new Set(['old-feature-code', 'old-sequence']);
const TROUBLE_SHARE = 0.9;
/** Few tills see a second signature at all: what needs one is tried first so often. */
const RARE_FIRST = 0.3;
const UPLOADS: readonly SignatureFault[] = ['upload-94', 'upload-refused', 'upload-ack-lost', 'upload-lost'];
const THRICE = 3;

export class PadBox {
  readonly port: SerialPort;
  readonly #make: PadMake;
  readonly #device: SimulatedPad;
  readonly #chance: Chance;
  readonly #watcher: PadWatcher;
  /** what it has given, also what it has forgotten since */
  readonly given: GivenSignature[] = [];
  #seen: PadFault | undefined;
  #hasSigned = false;
  /** the till that runs has heard a signature, and its number */
  #knowsNumber = false;
  /** of each signature that is refused for good: how often still */
  readonly #refused = new Map<string, number>();

  constructor(make: PadMake, port: SerialPort, clock: Clock, chance: Chance, watcher: PadWatcher) {
    this.#make = make;
    this.port = port;
    this.#chance = chance;
    this.#watcher = watcher;
    const line = new CardLine(port, clock);
    line.onHeard = () => this.#delivered();
    this.#device = new SimulatedPad(line, {
      personality: make.personality,
      clock,
      random: chance.next,
      onHeard: (message) => {
        this.#look();
        if (message.name === 'sign') {
          watcher.asked(message.featureCode);
          watcher.reached('pad-asked');
        }
        if (message.name === 'end') watcher.reached('pad-ended');
      },
      onSaid: ({ name }) => {
        this.#hasSigned ||= name === 'signed';
        if (name === 'signed') this.#remember();
      },
    });
  }

  /** Something goes wrong with the next signature. */
  trouble(): void {
    const chance = this.#chance;
    if (this.#device.model.fault || !chance.happens(TROUBLE_SHARE)) return;
    const names = Object.keys(PAD_FAULTS) as PadFault[];
    const first = chance.below(names.length);
    const rare = chance.happens(RARE_FIRST) ? [...NEEDS_AN_OLD_ONE] : [];
    const wanted = [...rare, ...names.slice(first), ...names.slice(0, first)].find(
      (name) => this.#can(name) && this.#watcher.wants(`pad-${name}`),
    );
    if (wanted) this.#device.model.breakNext(wanted);
  }

  /** A process that has heard no signature of this pad begins. */
  newTill(): void {
    this.#knowsNumber = false;
    if (!this.#can('old-sequence')) this.#device.model.spare('old-sequence');
  }

  #can(fault: PadFault): boolean {
    // whose picture it is cannot be seen where the pad draws no code: no till can tell, but by a number that it has heard
    const { drawsCode } = this.#make.personality;
    if (fault === 'old-feature-code' && !drawsCode) return false;
    if (fault === 'old-sequence' && !drawsCode && !this.#knowsNumber) return false;
    return !NEEDS_AN_OLD_ONE.has(fault) || this.given.length > 0;
  }

  /** Everything that comes to this book goes past here. */
  watch(book: SignatureBook): void {
    const take = book.take.bind(book);
    book.take = (till, upload) => {
      const fault = this.#uploadFault(`${upload.batch} ${upload.trace}`);
      if (fault) book.inject(fault);
      return take(till, upload);
    };
  }

  #uploadFault(key: string): SignatureFault | undefined {
    const left = this.#refused.get(key) ?? 0;
    if (left > 0) {
      this.#refused.set(key, left - 1);
      if (left === 1) this.#watcher.happens('signature-upload-refused-thrice');
      return 'upload-refused';
    }
    if (!this.#refused.has(key) && this.#watcher.wants('signature-upload-refused-thrice')) {
      this.#refused.set(key, THRICE - 1);
      return 'upload-refused';
    }
    const first = this.#chance.below(UPLOADS.length);
    const fault = [...UPLOADS.slice(first), ...UPLOADS.slice(0, first)].find((name) =>
      this.#watcher.wants(`signature-${name}`),
    );
    if (fault) this.#watcher.happens(`signature-${fault}`);
    return fault;
  }

  switchOff(): void {
    this.#device.model.powerCycle();
  }

  /** Everything is well again. */
  heal(): void {
    this.#device.model.mend();
    this.port.plug();
  }

  /** The first message behind A0 tells what goes wrong with this signature. */
  #look(): void {
    const { fault } = this.#device.model;
    if (fault && fault !== this.#seen) this.#watcher.happens(`pad-${fault}`);
    this.#seen = fault;
  }

  #remember(): void {
    const { ledger } = this.#device.model;
    const newest = ledger.at(-1);
    if (newest && !this.given.includes(newest)) this.given.push(newest);
  }

  #delivered(): void {
    if (!this.#hasSigned) return;
    this.#hasSigned = false;
    this.#knowsNumber = true;
    this.#watcher.reached('pad-signed');
  }
}
