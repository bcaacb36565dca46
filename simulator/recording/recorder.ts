import { toHex } from '../../protocols/bytes/hex.ts';
import type { ReportHello } from '../../protocols/framing/report-stream.ts';
import { type HidDescriptor, parseHidDescriptor } from '../../protocols/scanner/hid-descriptor.ts';
import { hidPosLayout } from '../../protocols/scanner/hid-pos-layout.ts';
import type { KeyboardLayoutName } from '../../protocols/scanner/keyboard-layouts.ts';
import type { GunProtocol } from '../personalities/guns.ts';
import type { HostPort } from '../wires/host-port.ts';
import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { frameKind } from './gun-frames.ts';
import { HidPosScrubber } from './hid-pos-scrubber.ts';
import { KeyboardScrubber } from './keyboard-scrubber.ts';
import type { RecordingHead, RecordingWriter } from './recording-file.ts';
import type { Scrubber, Settled } from './scrubber.ts';
import { StreamScrubber } from './stream-scrubber.ts';
import { SyntheticCodes } from './synthetic.ts';

export interface RecorderParts {
  readonly port: HostPort;
  readonly protocol: GunProtocol;
  readonly writer: RecordingWriter;
  readonly clock: Clock;
  /** 0 <= x < 1 */
  readonly random: () => number;
  /** where the till's program finds the device meanwhile; absent: the gun is only listened to */
  readonly through?: Wire;
  /** the layout that a keyboard gun is set to; default us */
  readonly keyboard?: KeyboardLayoutName;
}

const LOOK_MS = 100;

/** Stands between a real gun and the program that uses it: passes on what is said, at once, and writes it down without codes. */
export class Recorder {
  /** pieces written */
  written = 0;
  readonly #parts: RecorderParts;
  readonly #fromDevice: Scrubber;
  readonly #fromTill: Scrubber;
  readonly #beganAt: number;
  #callOff: () => void = () => undefined;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    const { port, through, protocol, random, clock } = parts;
    this.#beganAt = clock.mono();
    const codes = new SyntheticCodes(random);
    this.#fromDevice = scrubberFor(protocol, codes, port.hello, parts.keyboard);
    // commands of the till hold no codes; should one do so, it is not written
    this.#fromTill = new StreamScrubber(codes, undefined, { onlySecrets: true });
    port.onBytes = (bytes) => {
      void through?.send(bytes);
      this.#write('device', this.#fromDevice.push(bytes, clock.mono()));
    };
    through?.listen((bytes) => {
      port.send(bytes);
      this.#write('till', this.#fromTill.push(bytes, clock.mono()));
    });
    this.#lookLater();
  }

  /** What is left is replaced as it is, and written. */
  end(): void {
    this.#callOff();
    this.#write('device', this.#fromDevice.end());
    this.#write('till', this.#fromTill.end());
  }

  #lookLater(): void {
    const { clock } = this.#parts;
    this.#callOff = clock.after(LOOK_MS, () => {
      this.#write('device', this.#fromDevice.silence(clock.mono()));
      this.#write('till', this.#fromTill.silence(clock.mono()));
      this.#lookLater();
    });
  }

  #write(from: 'device' | 'till', settled: readonly Settled[]): void {
    for (const { at, bytes } of settled) {
      this.#parts.writer.write({ at: at - this.#beganAt, from, bytes });
      this.written += 1;
    }
  }
}

/** What a HID device speaks, by its own word; undefined: it is no gun that we know. */
export function protocolOf(hello: ReportHello): GunProtocol | undefined {
  if (hello.vendorId === VGUANG.vendorId && hello.productId === VGUANG.productId) return 'vguang';
  const descriptor = descriptorOf(hello);
  const isKeyboard = descriptor?.applications.includes(KEYBOARD_USAGE) === true;
  const isPos = descriptor?.applications.some((usage) => usage >> 16 === HID_POS_PAGE) === true;
  if (hidPosLayout(hello.vendorId, descriptor) && (isPos || !isKeyboard)) return 'hid-pos';
  return isKeyboard ? 'hid-keyboard' : undefined;
}

const VGUANG = { vendorId: 0x0525, productId: 0xa4ac };
const KEYBOARD_USAGE = 0x010006;
const HID_POS_PAGE = 0x8c;

function descriptorOf({ descriptor }: ReportHello): HidDescriptor | undefined {
  const parsed = parseHidDescriptor(descriptor);
  return 'descriptor' in parsed ? parsed.descriptor : undefined;
}

export function scrubberFor(
  protocol: GunProtocol,
  codes: SyntheticCodes,
  hello: ReportHello | undefined,
  keyboard?: KeyboardLayoutName,
): Scrubber {
  if (protocol === 'hid-keyboard') return new KeyboardScrubber(codes, keyboard);
  if (protocol !== 'hid-pos') return new StreamScrubber(codes, frameKind(protocol));
  const layout = hello && hidPosLayout(hello.vendorId, descriptorOf(hello));
  if (!layout) throw new RangeError('the layout of its reports is not known');
  return new HidPosScrubber(codes, layout);
}

export function headOf(protocol: GunProtocol, baudRate: number, hello: ReportHello | undefined): RecordingHead {
  const head = { tillwire: 'recording', v: 1, protocol } as const;
  if (!hello) return { ...head, baudRate };
  const { kind: _kind, serialNumber: _serial, descriptor, ...usb } = hello;
  return { ...head, usb: { ...usb, descriptor: toHex(descriptor) } };
}
