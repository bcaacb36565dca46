// What goes wrong at a card terminal and on its cable, each by name (terminals.md 6.4). A fault is armed and happens once, the
// next time it can: `ack-lost` with the next frame that is heard, `power-cut` with the next result.

export type FaultFloor = 'link' | 'protocol' | 'business';

interface Fault {
  readonly floor: FaultFloor;
  readonly title: string;
}

const link = (title: string): Fault => ({ floor: 'link', title });
const protocol = (title: string): Fault => ({ floor: 'protocol', title });
const business = (title: string): Fault => ({ floor: 'business', title });

export const TERMINAL_FAULTS = {
  'ack-lost': link('a frame is heard and not acknowledged'),
  'ack-delayed': link('the acknowledgement comes after 4 s'),
  'ack-twice': link('the acknowledgement comes twice'),
  'nak-first': link('a good frame is refused once'),
  'ack-then-nak': link('an acknowledgement, and a refusal behind it'),
  'ack-glued': link('acknowledgement and answer leave in one piece'),
  'answer-before-ack': link('the answer overtakes the acknowledgement'),
  'byte-by-byte': link('a frame leaves byte by byte'),
  'frames-glued': link('two messages arrive in one piece'),
  'gap-199': link('a pause of 199 ms inside a frame'),
  'gap-201': link('a pause of 201 ms inside a frame'),
  garbage: link('bytes that are nothing come before a frame'),
  'bad-check': link('one bit of a frame turns over'),
  'xmodem-check': link('the check is an XMODEM CRC, as the specification says in prose'),
  'length-off-by-one': link('the length of a message is one too short under a right check'),
  'half-close': link('TCP: the terminal says that it has nothing more to say, in the middle of a payment'),
  'reset-mid-message': link('TCP: the connection is reset in the middle of a message'),
  'closed-between': link('TCP: the connection is closed between two payments'),
  unplugged: link('the cable is pulled when the terminal wants to say its result'),

  'not-supported': protocol('84 83: the command is refused as unsupported'),
  'printer-not-ready': protocol('84 CC: refused, the printer is not ready'),
  busy: protocol('84 A0: refused, the terminal is busy'),
  'status-storm': protocol('forty intermediate states one behind the other'),
  'long-silence': protocol('an intermediate state allows 2 minutes, then nothing comes any more'),
  'unknown-field': protocol('the result has a field that nobody knows'),
  'result-twice': protocol('the result comes twice'),
  'late-result': protocol('the result of the sale before comes first'),
  'silent-after-accept': protocol('80 00, and then nothing'),
  'no-answer': protocol('not even 80 00'),
  'other-amount': protocol('the result names an amount that nobody asked for'),

  'answer-lost': business('approved, and nothing is heard of it any more; the terminal keeps it'),
  'declined-answer-lost': business('declined, and nothing is heard of it'),
  reboot: business('the terminal starts anew after the approval'),
  'power-cut': business('the power fails between the result and its acknowledgement: reversed at the next start'),
  'receipt-off-by-one': business('the receipt number that is said for synchronisation is one too low'),
  'settlement-needed': business('an end of day is needed first'),
  'paper-out': business('the paper ends while the receipt is printed'),
  'wrong-pin': business('a wrong PIN until the card has had enough'),
  partial: business('only a part of the amount is approved'),
  tip: business('the customer adds a tip'),
} as const satisfies Record<string, Fault>;

export type TerminalFault = keyof typeof TERMINAL_FAULTS;

export function isTerminalFault(name: string): name is TerminalFault {
  return Object.hasOwn(TERMINAL_FAULTS, name);
}

/** What is armed. A site that can go wrong asks whether it does. */
export class ArmedFaults {
  readonly #armed: TerminalFault[] = [];
  /** what has happened, in this order */
  readonly happened: TerminalFault[] = [];
  /** one of them happens now */
  onHappens: (fault: TerminalFault) => void = () => undefined;

  arm(...faults: readonly TerminalFault[]): void {
    this.#armed.push(...faults);
  }

  get waiting(): readonly TerminalFault[] {
    return this.#armed;
  }

  /** true once for each time it was armed. */
  take(fault: TerminalFault): boolean {
    const at = this.#armed.indexOf(fault);
    if (at < 0) return false;
    this.#armed.splice(at, 1);
    this.happened.push(fault);
    this.onHappens(fault);
    return true;
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    this.#armed.length = 0;
  }
}
