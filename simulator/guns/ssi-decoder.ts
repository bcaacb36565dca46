import type { SsiPacket } from '../../protocols/scanner/ssi.ts';
import {
  decodeDataPackets,
  decoderPacket,
  parameterReply,
  requestedParameters,
  segmentPackets,
} from '../../protocols/scanner/ssi-encode.ts';
import { changesLine, decodeParameters, type SsiParameterValue } from '../../protocols/scanner/ssi-parameters.ts';
import {
  SSI_NAK,
  SSI_STATUS,
  type SsiNakReason,
  type SsiOpcodeName,
  ssiOpcodeName,
} from '../../protocols/scanner/ssi-table.ts';
import { symbologyIds } from '../../protocols/scanner/symbology.ts';
import { ERROR_BEEP, GOOD_BEEP, GunBody } from './body.ts';
import { type Deed, type Ending, type GunModel, type Reading, type Sign, sign } from './model.ts';
import { SSI_BAUD_CODES, type SsiParameterName, SsiParameters } from './ssi-parameters.ts';

// The decoder's side of Zebra SSI (scanners.md 2.3; DS4308 p.157, DS8178 p.191, CR6080 p.185): sends, waits for the ACK,
// sends twice again with the retransmit bit, gives up; obeys and answers the host's commands.

export interface SsiSettings {
  /** parameters that differ from the factory's, by name */
  readonly parameters: Partial<Record<SsiParameterName, number>>;
  /** how a code longer than one packet goes: DECODE_DATA with the continuation bit, a cordless gun's segments, the GM67's form */
  readonly longForm: 'packets' | 'segments' | 'gm67';
  /** text of REPLY_REVISION */
  readonly revision: string;
  /** behind a raw code */
  readonly suffix: Uint8Array;
  /** true: the first byte that wakes it from SLEEP is lost */
  readonly sleeps: boolean;
}

export type SsiSaid =
  | { readonly kind: 'packet'; readonly packet: SsiPacket }
  | { readonly kind: 'long'; readonly type: number; readonly code: Uint8Array; readonly again: boolean }
  | { readonly kind: 'raw'; readonly data: Uint8Array };

export type SsiHeard = { readonly kind: 'packet'; readonly packet: SsiPacket } | { readonly kind: 'garbled' };

type SsiDeed = Deed<SsiSaid>;

/** Something that wants an ACK. */
interface Message {
  readonly said: SsiSaid;
  readonly reading?: number;
  /** the last one of its reading */
  readonly isLast: boolean;
}

interface InFlight {
  readonly message: Message;
  readonly said: SsiSaid;
  readonly sends: number;
  /** absent while it is still leaving */
  readonly deadline?: number;
}

/** once, then twice again with the retransmit bit (DS4308 p.157) */
const SENDS = 3;
/** More codes than that nobody scans while the first one waits. */
const MAX_QUEUE = 64;
const NO_SYMBOLOGY = 0x00;
const ONE_PACKET_BYTES = 250;
const TENTH_MS = 100;
const DECODE_EVENT = 0x01;
const BOOT_EVENT = 0x03;
const ALL_PARAMETERS = 0xfe;
const HOST_TRIGGER = 0x08;

export class SsiDecoder implements GunModel<SsiSaid, SsiHeard> {
  readonly parameters: SsiParameters;
  readonly #settings: SsiSettings;
  readonly #body: GunBody<SsiSaid>;
  #queue: Message[] = [];
  #inFlight: InFlight | undefined;
  #asleep = false;
  #lastCommand: SsiPacket | undefined;

  constructor(settings: SsiSettings) {
    this.#settings = settings;
    this.parameters = new SsiParameters(settings.parameters);
    this.#body = new GunBody<SsiSaid>(
      { trigger: 'hand', sessionMs: TENTH_MS * this.parameters.get('decodeSessionTimeout') },
      (reading) => this.#speak(reading),
      () => this.noRead(),
    );
    this.#body.trigger = this.#trigger;
  }

  get nextDeadline(): number | undefined {
    const due = [this.#inFlight?.deadline, this.#body.nextDeadline].filter((time) => time !== undefined);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  read(reading: Reading, at: number): SsiDeed[] {
    return this.#body.read(reading, at);
  }

  noRead(): SsiDeed[] {
    if (this.parameters.get('noReadMessage') !== 1) return [];
    return this.#codes([decodeDataPackets(NO_SYMBOLOGY, NR)[0]].flatMap(asSaid), undefined, NR);
  }

  hear(heard: SsiHeard, at: number): SsiDeed[] {
    this.#asleep = false;
    if (heard.kind === 'garbled') return this.#nak('RESEND');
    const name = ssiOpcodeName(heard.packet.opcode);
    if (name === 'CMD_ACK' || name === 'MULTIPACKET_ACK') return this.#acknowledged();
    if (name === 'CMD_NAK') return this.#refused(heard.packet.data[0] ?? 0);
    if (this.#isRepeat(heard.packet)) return this.#answerOnly(name, heard.packet, at);
    this.#lastCommand = heard.packet;
    return this.#obey(name, heard.packet, at);
  }

  said(said: SsiSaid, at: number, delivered: boolean): SsiDeed[] {
    const flying = this.#inFlight;
    if (!flying || flying.said !== said) return [];
    if (said.kind === 'raw' || !this.#handshaking) return this.#done(delivered ? 'said' : 'unplugged');
    this.#inFlight = { ...flying, deadline: at + TENTH_MS * this.parameters.get('responseTimeout') };
    return [];
  }

  wake(at: number): SsiDeed[] {
    const due = this.#inFlight?.deadline;
    const again = due !== undefined && at >= due ? this.#again() : [];
    return [...again, ...this.#body.wake(at)];
  }

  powerUp(): SsiDeed[] {
    const open = this.#readings();
    this.#queue = [];
    this.#inFlight = undefined;
    this.#lastCommand = undefined;
    this.#asleep = false;
    this.parameters.powerUp();
    const ends = [...open].map((reading) => ({ kind: 'end', reading, how: 'unplugged' }) as const);
    const body = this.#body.powerUp();
    this.#body.trigger = this.#trigger;
    return [...ends, ...body, ...this.#event('bootEvent', BOOT_EVENT)];
  }

  get #trigger(): 'hand' | 'host' {
    return this.parameters.get('triggerMode') === HOST_TRIGGER ? 'host' : 'hand';
  }

  get #handshaking(): boolean {
    return this.parameters.get('softwareHandshaking') === 1;
  }

  // --- what it says

  #speak(reading: Reading): SsiDeed[] {
    if (this.#queue.length >= MAX_QUEUE)
      return [{ kind: 'end', reading: reading.id, how: 'passed-by' }, sign(ERROR_BEEP)];
    const { ssi: type } = symbologyIds(reading.symbology);
    const beep = sign(GOOD_BEEP);
    const code = this.#codes(this.#packets(type, reading.data), reading.id, reading.data);
    return [beep, ...code, ...this.#event('decodeEvent', DECODE_EVENT)];
  }

  #packets(type: number, data: Uint8Array): SsiSaid[] {
    const { longForm } = this.#settings;
    if (data.length <= ONE_PACKET_BYTES || longForm === 'packets') return decodeDataPackets(type, data).flatMap(asSaid);
    if (longForm === 'segments') return segmentPackets(type, data).flatMap(asSaid);
    return [{ kind: 'long', type, code: data, again: false }];
  }

  #codes(packets: readonly SsiSaid[], reading: number | undefined, data: Uint8Array): SsiDeed[] {
    const raw = { kind: 'raw', data: Uint8Array.of(...data, ...this.#settings.suffix) } as const;
    const said = this.parameters.get('packetFormat') === 1 ? packets : [raw];
    this.#queue.push(
      ...said.map((one, n) => ({
        said: one,
        ...(reading !== undefined && { reading }),
        isLast: n === said.length - 1,
      })),
    );
    return this.#next();
  }

  #event(parameter: SsiParameterName, code: number): SsiDeed[] {
    if (this.parameters.get(parameter) !== 1) return [];
    this.#queue.push({ said: { kind: 'packet', packet: decoderPacket('EVENT', [code]) }, isLast: true });
    return this.#next();
  }

  #next(): SsiDeed[] {
    const message = this.#inFlight ? undefined : this.#queue.shift();
    if (!message) return [];
    const { said, reading } = message;
    this.#inFlight = { message, said, sends: 1 };
    return [{ kind: 'say', said, ...(reading !== undefined && { reading }) }];
  }

  // --- what becomes of it

  #acknowledged(): SsiDeed[] {
    return this.#inFlight ? this.#done('acknowledged') : [];
  }

  #done(how: Ending): SsiDeed[] {
    const { reading, isLast } = this.#inFlight?.message ?? { isLast: false };
    this.#inFlight = undefined;
    const end = reading !== undefined && isLast ? [{ kind: 'end', reading, how } as const] : [];
    return [...end, ...this.#next()];
  }

  #refused(reason: number): SsiDeed[] {
    if (!this.#inFlight) return [];
    return reason === SSI_NAK.RESEND ? this.#again() : this.#giveUp('cancelled');
  }

  #again(): SsiDeed[] {
    const flying = this.#inFlight;
    if (!flying) return [];
    if (flying.sends >= SENDS) return this.#giveUp('given-up');
    const said = resent(flying.message.said);
    this.#inFlight = { message: flying.message, said, sends: flying.sends + 1 };
    const { reading } = flying.message;
    return [{ kind: 'say', said, ...(reading !== undefined && { reading }) }];
  }

  /** What is left of this code is not sent either. */
  #giveUp(how: Ending): SsiDeed[] {
    const reading = this.#inFlight?.message.reading;
    this.#inFlight = undefined;
    if (reading === undefined) return this.#next();
    this.#queue = this.#queue.filter((message) => message.reading !== reading);
    return [{ kind: 'end', reading, how }, sign(ERROR_BEEP), ...this.#next()];
  }

  #readings(): Set<number> {
    const all = [this.#inFlight?.message, ...this.#queue].map((message) => message?.reading);
    return new Set(all.filter((reading) => reading !== undefined));
  }

  // --- what it obeys

  /** The host did not hear our answer. */
  #isRepeat(packet: SsiPacket): boolean {
    const last = this.#lastCommand;
    if (!(packet.status & SSI_STATUS.retransmit) || last?.opcode !== packet.opcode) return false;
    return last.data.length === packet.data.length && last.data.every((byte, n) => byte === packet.data[n]);
  }

  #answerOnly(name: SsiOpcodeName | undefined, packet: SsiPacket, at: number): SsiDeed[] {
    if (name === 'PARAM_REQUEST' || name === 'REQUEST_REVISION' || name === 'CAPABILITIES_REQUEST')
      return this.#obey(name, packet, at);
    return this.#ack();
  }

  #obey(name: SsiOpcodeName | undefined, { data, status }: SsiPacket, at: number): SsiDeed[] {
    const signs = name === undefined ? undefined : SIGNS[name]?.(data);
    if (signs) return [...this.#ack(), sign(signs)];
    switch (name) {
      case 'SCAN_ENABLE':
      case 'SCAN_DISABLE':
        this.#body.enabled = name === 'SCAN_ENABLE';
        return this.#ack();
      case 'START_DECODE':
        return this.#start(at);
      case 'STOP_DECODE':
        return [...this.#ack(), ...this.#body.release(at)];
      case 'SLEEP':
        this.#asleep = this.#settings.sleeps;
        return [...this.#ack(), sign({ kind: 'asleep' })];
      case 'FLUSH_QUEUE':
        return [...this.#ack(), ...this.#flush()];
      case 'PARAM_DEFAULTS':
        this.parameters.defaults();
        this.#body.trigger = this.#trigger;
        return this.#ack();
      case 'PARAM_SEND':
        return this.#set(data, (status & SSI_STATUS.permanent) !== 0);
      case 'PARAM_REQUEST':
        return this.#tell(data);
      case 'REQUEST_REVISION':
        return this.#reply(
          'REPLY_REVISION',
          [...this.#settings.revision].map((char) => char.charCodeAt(0)),
        );
      case 'CAPABILITIES_REQUEST':
        return this.#reply('CAPABILITIES_REPLY', CAPABILITIES);
      default:
        return this.#nak('BAD_CONTEXT');
    }
  }

  #start(at: number): SsiDeed[] {
    const began = this.#body.pull(at);
    return began === false ? this.#nak('DENIED') : [...this.#ack(), ...began];
  }

  #flush(): SsiDeed[] {
    const dropped = new Set(this.#queue.map(({ reading }) => reading).filter((reading) => reading !== undefined));
    this.#queue = this.#queue.filter(({ reading }) => reading === this.#inFlight?.message.reading);
    if (this.#inFlight?.message.reading !== undefined) dropped.delete(this.#inFlight.message.reading);
    return [...dropped].map((reading) => ({ kind: 'end', reading, how: 'cancelled' }));
  }

  /** The ACK still goes with the old settings of the line. */
  #set(data: Uint8Array, permanent: boolean): SsiDeed[] {
    const values = decodeParameters(data);
    if (!values) return this.#nak('BAD_CONTEXT');
    const ack = this.#ack();
    this.parameters.set(values.flatMap(numeric), permanent);
    this.#body.trigger = this.#trigger;
    const baudRate = changesLine(data) ? SSI_BAUD_CODES[this.parameters.get('baudRate')] : undefined;
    return [
      ...ack,
      ...(permanent ? [sign({ kind: 'flash-written' })] : []),
      ...(baudRate === undefined ? [] : [{ kind: 'baud', baudRate } as const]),
    ];
  }

  #tell(data: Uint8Array): SsiDeed[] {
    const asked = data[0] === ALL_PARAMETERS ? this.parameters.numbers : requestedParameters(data);
    if (!asked) return this.#nak('BAD_CONTEXT');
    const known = asked.flatMap((number) => {
      const value = this.parameters.byNumber(number);
      return value === undefined ? [] : [[number, value] as const];
    });
    return this.#reply('PARAM_SEND', parameterReply(known));
  }

  /** Data is an answer of its own, and wants an ACK in its turn. */
  #reply(name: SsiOpcodeName, data: readonly number[]): SsiDeed[] {
    this.#queue.unshift({ said: { kind: 'packet', packet: decoderPacket(name, data) }, isLast: true });
    return this.#next();
  }

  #ack(): SsiDeed[] {
    if (!this.#handshaking) return [];
    return [{ kind: 'say', said: { kind: 'packet', packet: decoderPacket('CMD_ACK') } }];
  }

  #nak(reason: SsiNakReason): SsiDeed[] {
    if (!this.#handshaking) return [];
    return [{ kind: 'say', said: { kind: 'packet', packet: decoderPacket('CMD_NAK', [SSI_NAK[reason]]) } }];
  }

  /** true: the first byte of what comes now is lost. */
  get isAsleep(): boolean {
    return this.#asleep;
  }

  awake(): void {
    this.#asleep = false;
  }
}

const NR = Uint8Array.of(0x4e, 0x52);

/** Baud rates, serial options, multi-packet options, then opcodes (layout from memory). */
const CAPABILITIES = [0x0f, 0xff, 0x07, 0x02];

const SIGNS: Partial<Record<SsiOpcodeName, (data: Uint8Array) => Sign>> = {
  BEEP: (data) => ({ kind: 'beep', tone: (data[0] ?? 0).toString(16).padStart(2, '0') }),
  LED_ON: () => ({ kind: 'led', on: true }),
  LED_OFF: () => ({ kind: 'led', on: false }),
  AIM_ON: () => ({ kind: 'aim', on: true }),
  AIM_OFF: () => ({ kind: 'aim', on: false }),
  ILLUMINATION_ON: () => ({ kind: 'light', on: true }),
  ILLUMINATION_OFF: () => ({ kind: 'light', on: false }),
};

function asSaid(packet: SsiPacket | undefined): SsiSaid[] {
  return packet ? [{ kind: 'packet', packet }] : [];
}

function resent(said: SsiSaid): SsiSaid {
  if (said.kind === 'long') return { ...said, again: true };
  if (said.kind === 'raw') return said;
  const { packet } = said;
  return { kind: 'packet', packet: { ...packet, status: packet.status | SSI_STATUS.retransmit } };
}

function numeric(value: SsiParameterValue): { number: number; value: number }[] {
  return value.type === 'byte' || value.type === 'word' ? [{ number: value.number, value: value.value }] : [];
}
