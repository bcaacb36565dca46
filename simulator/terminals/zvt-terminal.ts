import { encodeBcd } from '../../protocols/bytes/bcd.ts';
import {
  type ApduError,
  apdu,
  apduHead,
  decodeApdu,
  encodeApdu,
  isApduError,
  type Message,
  message,
  refusal,
} from '../../protocols/terminal/zvt/apdu.ts';
import { container, type Field } from '../../protocols/terminal/zvt/bmp-list.ts';
import { type CommandName, type HeadName, REASONS, rowOf } from '../../protocols/terminal/zvt/commands.ts';
import { tlv } from '../../protocols/terminal/zvt/tlv.ts';
import { resultValues } from '../../protocols/terminal/zvt/values.ts';
import type { CardTerminal } from './card-terminal.ts';
import type { Mouth } from './mouth.ts';
import { asksForHolds } from './zvt-hold-scripts.ts';
import { isForeign, LOGGED_OFF, type Registration } from './zvt-registration.ts';
import { answersItself, scriptOf } from './zvt-scripts.ts';

// The terminal's side of ZVT: it hears a command, says 80 00, and then has the word until 06 0F or 06 1E. What it does with a
// command is a script (zvt-scripts.ts) that says messages and waits; here is who may speak when.

/** One step of a script. A message is answered by the till; `undefined` is what a till that says nothing answers. */
export type Act =
  | { readonly wait: number }
  /** `patienceMs`: the till has said how long it may take for an answer, and nothing is repeated meanwhile */
  | { readonly say: Message; readonly patienceMs?: number | undefined }
  /** 80 00 with what somebody typed, where it was not said at once */
  | { readonly answer: Message<'accepted'> }
  | { readonly restart: true }
  /** somebody answers, or the time is over, or the till calls it off */
  | { readonly until: (go: () => void) => void; readonly withinMs: number };
export type Script = Generator<Act, void, Message | undefined>;

/** T3 of the terminal: for 80 00, ms; then the message is said again, twice at most. */
const ANSWER_MS = 5_000;
const MAX_REPEATS = 2;
const LAST_ID = 999_999;

export class ZvtTerminal {
  readonly terminal: CardTerminal;
  /** 06 00 came, and what it asked for */
  config: Registration | undefined;
  /** 9.2.2: the till has said a container (BMP 06), so it may be told one, until it logs off */
  knowsContainers = false;
  /** 1.4: this command, or the registration, named a currency */
  saysCurrency = false;
  /** how a TCP port is closed between two payments */
  onCloseBetween: () => void = () => undefined;
  /** the cable is pulled */
  onUnplug: () => void = () => undefined;
  /** somebody looks on at what the till asks for */
  onCommand: (command: CommandName, heard: Message) => void = () => undefined;
  #mouth: Mouth | undefined;
  #script: Script | undefined;
  #saying: { readonly bytes: Uint8Array; repeats: number } | undefined;
  #callOff: () => void = () => undefined;
  #deafUntil = Number.NEGATIVE_INFINITY;
  #aborted = false;
  /** somebody is asked at the terminal: goes on without them */
  #callOffAsking: () => void = () => undefined;
  /** 1F73: of the last message in either direction, when the till numbers its messages */
  #messageId: number | undefined;
  #lastHeard: { readonly id: number; readonly answer: Uint8Array } | undefined;

  constructor(terminal: CardTerminal) {
    this.terminal = terminal;
  }

  speakThrough(mouth: Mouth): void {
    this.#mouth = mouth;
  }

  get isBusy(): boolean {
    return this.#script !== undefined;
  }

  /** The customer or the till wants it to stop. A script asks between its steps. */
  get isAborted(): boolean {
    return this.#aborted;
  }

  hear(bytes: Uint8Array): void {
    if (this.terminal.clock.mono() < this.#deafUntil) return;
    const heard = decodeApdu(bytes);
    if (isApduError(heard))
      return this.#answer(refusal(UNKNOWN.has(heard.problem) ? REASONS.notPossible : REASONS.protocolError));
    if (heard.command === 'accepted' || heard.command === 'refused') return this.#answered(heard);
    this.#command(heard);
  }

  /** The other side is gone: whatever waits for its word will not get it. */
  linkLost(): void {
    this.#stop();
  }

  /** Switched off and on: nothing is heard for a while, what was open is reversed. */
  restart(): void {
    this.#stop();
    this.config = undefined;
    this.knowsContainers = false;
    this.terminal.restart();
    this.#deafUntil = this.terminal.clock.mono() + this.terminal.personality.bootMs;
  }

  #command(heard: Message): void {
    const { faults } = this.terminal;
    this.onCommand(heard.command, heard);
    this.terminal.expireHolds();
    const id = resultValues(heard.fields).messageId;
    if (id !== undefined && id !== 0 && id === this.#lastHeard?.id) return this.#mouth?.say(this.#lastHeard.answer);
    this.#follow(heard.command, id);
    if (faults.take('no-answer')) return;
    if (heard.command === 'abort') return this.#abort();
    const isFinancial = rowOf(heard.command).financial === true && !asksForHolds(heard);
    const no = this.#refusal(heard.command, isFinancial) ?? this.#foreign(heard);
    if (no !== undefined) return this.#answer(typeof no === 'number' ? refusal(no) : no);
    this.#noteTill(heard);
    const script = scriptOf(this, heard);
    if (script === 'unsupported') return this.#answer(refusal(REASONS.notPossible));
    if (!answersItself(heard.command)) this.#answer(message('accepted'));
    if (isFinancial && faults.take('silent-after-accept')) return;
    // a display text is over with 80 00: the next command may come at once
    if (script === 'nothing') return;
    this.#aborted = false;
    this.#script = script;
    this.#later(this.terminal.personality.answerMs, () => this.#advance(undefined));
  }

  #refusal(command: CommandName, isFinancial: boolean): number | undefined {
    const { terminal } = this;
    const { faults } = terminal;
    if (this.#script) return BUSY;
    if (!isFinancial) return undefined;
    if (faults.take('settlement-needed')) terminal.needsSettlement = true;
    if (terminal.needsSettlement && command !== 'endOfDay') return REASONS.openEndOfDay;
    if (faults.take('not-supported')) return REASONS.notPossible;
    if (faults.take('printer-not-ready')) return REASONS.printerNotReady;
    return faults.take('busy') ? BUSY : undefined;
  }

  /** 2.1: a currency that the terminal does not have is no registration. */
  #foreign({ command, head }: Message): Message | undefined {
    if (command !== 'registration') return undefined;
    const { currency }: Readonly<Partial<Record<HeadName, Uint8Array>>> = head;
    if (currency === undefined || !isForeign(currency, this.terminal.personality.currency)) return undefined;
    return {
      command: 'refused',
      reason: NOT_REGISTERED,
      head: { result: Uint8Array.of(REASONS.wrongCurrency), currency },
      fields: [],
    };
  }

  #noteTill({ command, head, fields }: Message): void {
    if (command === 'logOff') [this.config, this.knowsContainers] = [LOGGED_OFF, false];
    this.knowsContainers ||= fields.some(({ bmp }) => bmp === '06');
    this.saysCurrency =
      'currency' in head || this.config?.saysCurrency === true || fields.some(({ bmp }) => bmp === '49');
  }

  #abort(): void {
    this.#aborted = true;
    this.#answer(message('accepted'));
    this.#callOffAsking();
  }

  #advance(reply: Message | undefined): void {
    const script = this.#script;
    if (!script) return;
    const step = script.next(reply);
    if (step.done === true) this.#ended();
    else if ('restart' in step.value) this.restart();
    else if ('until' in step.value) this.#until(step.value);
    else if ('answer' in step.value) this.#answerLate(step.value.answer);
    else if ('wait' in step.value) this.#later(step.value.wait, () => this.#advance(undefined));
    else this.#say(step.value);
  }

  #answerLate(answer: Message): void {
    this.#answer(answer);
    this.#advance(undefined);
  }

  /** Goes on once, whoever comes first. */
  #until({ until, withinMs }: Extract<Act, { until: unknown }>): void {
    const script = this.#script;
    let isOver = false;
    const go = () => {
      if (isOver || this.#script !== script) return;
      isOver = true;
      this.#callOffAsking = () => undefined;
      this.#callOff();
      this.#advance(undefined);
    };
    this.#callOffAsking = go;
    this.#later(withinMs, go);
    until(go);
  }

  #ended(): void {
    this.#script = undefined;
    this.#callOff();
    if (this.terminal.faults.take('closed-between')) this.onCloseBetween();
  }

  #say({ say: said, patienceMs }: Extract<Act, { say: unknown }>): void {
    const { faults } = this.terminal;
    const isResult = said.command === 'statusInformation';
    const whole = encodeApdu(this.#numbered(said));
    const bytes = isResult && faults.take('unknown-field') ? withUnknownField(whole) : whole;
    if (isResult && faults.take('unplugged')) return this.onUnplug();
    this.#saying = { bytes, repeats: 0 };
    this.#mouth?.say(bytes);
    if (isResult && faults.take('power-cut')) return this.restart();
    if (patienceMs === undefined) this.#awaitAnswer();
    else this.#later(patienceMs, () => this.#answered(undefined));
  }

  #awaitAnswer(): void {
    this.#later(ANSWER_MS, () => {
      const saying = this.#saying;
      if (!saying) return;
      if (saying.repeats >= MAX_REPEATS) return this.#answered(undefined);
      saying.repeats += 1;
      this.#mouth?.say(saying.bytes);
      this.#awaitAnswer();
    });
  }

  #answered(reply: Message | undefined): void {
    if (!this.#saying) return;
    this.#saying = undefined;
    this.#callOff();
    this.#advance(reply);
  }

  #answer(reply: Message): void {
    const bytes = encodeApdu(withId(reply, this.#messageId));
    if (this.#messageId !== undefined) this.#lastHeard = { id: this.#messageId, answer: bytes };
    this.#mouth?.say(bytes);
  }

  /** Registration with 1F73 000000 begins the count, one without ends it. */
  #follow(command: CommandName, id: number | undefined): void {
    if (command === 'registration') this.#messageId = this.terminal.personality.zvt.messageIds ? id : undefined;
    else if (this.#messageId !== undefined && id !== undefined) this.#messageId = id;
  }

  /** 999999 is followed by 000001. */
  #numbered(said: Message): Message {
    if (this.#messageId === undefined) return said;
    // the completion of the registration repeats its 000000
    const isFirst = this.#messageId === 0 && said.command === 'completion';
    if (!isFirst) this.#messageId = this.#messageId === LAST_ID ? 1 : this.#messageId + 1;
    return withId(said, this.#messageId);
  }

  /** A step that was asked to go on later; there is never more than one. */
  #later(ms: number, run: () => void): void {
    this.#callOff();
    this.#callOff = this.terminal.clock.after(ms, run);
  }

  /** What was begun ends here: the script's own end reverses what nobody accepted. */
  #stop(): void {
    this.#callOff();
    this.#saying = undefined;
    this.#mouth?.hush();
    const script = this.#script;
    this.#script = undefined;
    script?.return();
  }
}

/** BMP 07 is not in the table: a till that hears it does not know where it ends. */
function withUnknownField(whole: Uint8Array): Uint8Array {
  const data = whole.subarray(apduHead(whole)?.start);
  return apdu([0x04, 0x0f], Uint8Array.of(0x07, 0x01, ...data));
}

/** A0: receiver not ready */
const BUSY = 0xa0;
/** 84 1E: how a registration is refused */
const NOT_REGISTERED = 0x1e;
/** 2.66: what is not known is answered with 84 83 */
const UNKNOWN: ReadonlySet<ApduError['problem']> = new Set(['unknown-bmp', 'unknown-command']);

function withId(said: Message, id: number | undefined): Message {
  if (id === undefined) return said;
  const number = tlv('1F73', encodeBcd(id, 3));
  const { fields } = said;
  const last = fields.at(-1);
  const numbered: readonly Field[] = last?.tlv
    ? [...fields.slice(0, -1), container(...last.tlv, number)]
    : [...fields, container(number)];
  return { ...said, fields: numbered };
}
