import { AUTO_ENDS, lineEnds } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { CommandChannel } from '../../protocols/scanner/command-channel.ts';
import type { GunAnswer, GunCode, GunNoise, GunNoRead, GunSend } from '../../protocols/scanner/gun-event.ts';
import type { GunCommand } from '../../protocols/scanner/gun-language.ts';
import { KeyboardReader } from '../../protocols/scanner/hid-keyboard.ts';
import { HidPosReader } from '../../protocols/scanner/hid-pos.ts';
import { HID_POS_LAYOUTS } from '../../protocols/scanner/hid-pos-layout.ts';
import { type CodeIdMode, readLine } from '../../protocols/scanner/serial-line.ts';
import { SsiGun } from '../../protocols/scanner/ssi-gun.ts';
import type { SsiRequest } from '../../protocols/scanner/ssi-session.ts';
import { parseVguang, vguangShape } from '../../protocols/scanner/vguang.ts';
import type { GunPersonality } from '../../simulator/personalities/guns.ts';

// The decoders of protocols/scanner, each behind the same three calls, as a till would use them.

export type Told =
  | { readonly kind: 'text'; readonly text: string; readonly aim?: string }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'no-read' }
  | { readonly kind: 'noise'; readonly cause: string; readonly length: number }
  | { readonly kind: 'answer'; readonly command: string; readonly outcome: string; readonly data?: Uint8Array }
  | { readonly kind: 'other'; readonly what: string };

export interface Tally {
  readonly received: number;
  readonly framed: number;
  readonly noise: number;
}

export interface Ear {
  push(bytes: Uint8Array, at: number): Told[];
  wake(at: number): Told[];
  reset(at: number): Told[];
  readonly nextDeadline: number | undefined;
  readonly held: number;
  /** of streams: bytes in = frames + noise + held */
  readonly tally?: Tally | undefined;
  ssi?(request: SsiRequest, at: number): Told[];
  command?(command: GunCommand, at: number): Told[];
}

type AnyEvent =
  | GunCode
  | GunSend
  | GunNoRead
  | GunNoise
  | GunAnswer
  | { readonly kind: 'repeated' | 'event' | 'line-change' | 'raw-again' | 'told' | 'line-end' | 'leds' };

function told(event: AnyEvent, codeId: CodeIdMode): Told[] {
  switch (event.kind) {
    case 'code':
      return read(event, codeId);
    case 'noise':
      return [{ kind: 'noise', cause: event.cause, length: event.length }];
    case 'send':
      return [{ kind: 'send', bytes: event.bytes }];
    case 'no-read':
      return [{ kind: 'no-read' }];
    case 'answer': {
      const { command, outcome, data } = event;
      return [{ kind: 'answer', command, outcome, ...(data && { data }) }];
    }
    default:
      return [{ kind: 'other', what: event.kind }];
  }
}

function read({ bytes, aim: beside }: GunCode, codeId: CodeIdMode): Told[] {
  const reading = readLine(bytes, { codeId, encoding: 'auto' });
  if (reading.kind === 'no-read') return [{ kind: 'no-read' }];
  if (reading.kind !== 'code') return [{ kind: 'noise', cause: reading.kind, length: bytes.length }];
  const aim = reading.aim ?? beside;
  return [{ kind: 'text', text: reading.text.reveal().replace(/\r$/, ''), ...(aim !== undefined && { aim }) }];
}

interface Source {
  readonly nextDeadline: number | undefined;
  readonly held: number;
  readonly tally?: Tally;
  push(bytes: Uint8Array, at: number): readonly AnyEvent[];
  wake?(at: number): readonly AnyEvent[];
  silence?(at: number): readonly AnyEvent[];
  reset(at: number): readonly AnyEvent[];
}

function earOf(source: Source, codeId: CodeIdMode = 'aim'): Ear {
  const all = (events: readonly AnyEvent[]) => events.flatMap((event) => told(event, codeId));
  return {
    push: (bytes, at) => all(source.push(bytes, at)),
    wake: (at) => all(source.wake?.(at) ?? source.silence?.(at) ?? []),
    reset: (at) => all(source.reset(at)),
    get nextDeadline() {
      return source.nextDeadline;
    },
    get held() {
      return source.held;
    },
    get tally() {
      return source.tally;
    },
  };
}

/** The decoder that a till would put behind this gun's port. */
export function earFor(personality: GunPersonality): Ear {
  switch (personality.protocol) {
    case 'serial-line':
      return lineEar(personality);
    case 'ssi':
      return ssiEar(personality.settings.parameters.softwareHandshaking !== 0);
    case 'hid-pos': {
      const layout = HID_POS_LAYOUTS.find(({ name }) => name === personality.layout);
      if (!layout) throw new Error(`no layout ${personality.layout}`);
      return earOf(new HidPosReader(layout));
    }
    case 'hid-keyboard':
      return keyboardEar(new KeyboardReader({ layout: personality.settings.layout, ends: 'key' }));
    case 'vguang':
      return vguangEar();
    default:
      return channelEar(
        new CommandChannel({ line: { ends: AUTO_ENDS }, headed: personality.protocol === 'honeywell' }),
      );
  }
}

function lineEar({ settings }: Extract<GunPersonality, { protocol: 'serial-line' }>): Ear {
  const { prefix, suffix, codeId } = settings;
  const ends = suffix.length === 0 ? [] : suffix[0] === 0x03 ? lineEnds('ETX') : AUTO_ENDS;
  const lines = new LineFramer({ ends, ...(prefix && { prefix }) });
  const at = (time: number) => (event: ReturnType<LineFramer['push']>[number]) =>
    event.kind === 'noise' ? { ...event, at: time } : { ...event, kind: 'code' as const };
  const source: Source = {
    push: (bytes, time) => lines.push(bytes, time).map(at(time)),
    silence: (time) => lines.silence(time).map(at(time)),
    reset: (time) => lines.reset().map(at(time)),
    get nextDeadline() {
      return lines.nextDeadline;
    },
    get held() {
      return lines.held;
    },
    tally: lines.tally,
  };
  return earOf(source, codeId);
}

function ssiEar(handshaking: boolean): Ear {
  const gun = new SsiGun({ handshaking });
  const ssi = (request: SsiRequest, at: number) => gun.request(request, at).flatMap((event) => told(event, 'aim'));
  return Object.defineProperty(earOf(gun), 'ssi', { value: ssi });
}

function channelEar(channel: CommandChannel): Ear {
  const command = (given: GunCommand, at: number) => channel.request(given, at).flatMap((event) => told(event, 'aim'));
  return Object.defineProperty(earOf(channel), 'command', { value: command });
}

function keyboardEar(reader: KeyboardReader): Ear {
  const all = (events: ReturnType<KeyboardReader['push']>): Told[] =>
    events.flatMap((event) => {
      if (event.kind === 'code') return [{ kind: 'text', text: event.text.reveal() }];
      if (event.kind === 'leds') return [{ kind: 'send', bytes: Uint8Array.of(0, ...event.bytes) }];
      return told(event, 'aim');
    });
  return {
    push: (report, at) => all(reader.push(report, at)),
    wake: (at) => all(reader.silence(at)),
    reset: (at) => all(reader.reset(at)),
    get nextDeadline() {
      return reader.nextDeadline;
    },
    get held() {
      return reader.held;
    },
  };
}

function vguangEar(): Ear {
  const framer = new PacketFramer(vguangShape);
  const all = (events: ReturnType<PacketFramer['push']>): Told[] =>
    events.flatMap((event): Told[] => {
      if (event.kind === 'noise') return [{ kind: 'noise', cause: event.cause, length: event.length }];
      const frame = parseVguang(event.bytes, 'box');
      const text = frame && new SecretText(String.fromCharCode(...frame.data));
      return text ? [{ kind: 'text', text: text.reveal() }] : [];
    });
  return {
    push: (report, at) => all(framer.push(report, at)),
    wake: (at) => all(framer.silence(at)),
    reset: () => all(framer.reset()),
    get nextDeadline() {
      return framer.nextDeadline;
    },
    get held() {
      return framer.held;
    },
    tally: framer.tally,
  };
}
