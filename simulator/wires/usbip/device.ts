import type { ControlAnswer, UsbFunction } from './function.ts';
import { done, type Setup, stalled, type Urb, unlinked } from './urbs.ts';

/** What a USB device says of itself. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice */
  readonly release: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
}

const GET_STATUS = 0x00;
const GET_DESCRIPTOR = 0x06;
const DEVICE = 1;
const CONFIGURATION = 2;
const STRING = 3;
const US_ENGLISH = 0x0409;

interface Placed {
  readonly function: UsbFunction;
  readonly firstInterface: number;
  readonly firstEndpoint: number;
}

/**
 * A USB device as its host sees it: descriptors, control requests, endpoints. It answers URBs and knows no socket. What a
 * function sends waits until the host asks for it.
 */
export class UsbDevice {
  readonly identity: UsbIdentity;
  readonly configuration: Uint8Array;
  readonly deviceDescriptor: Uint8Array;
  readonly #placed: readonly Placed[];
  /** bytes for the host, and its requests that wait for some, by endpoint number */
  readonly #waiting = new Map<number, { readonly data: Uint8Array; readonly sent: (sent: boolean) => void }[]>();
  readonly #asked = new Map<number, { readonly seq: number; readonly length: number }[]>();
  /** requests that a function has not taken yet, or never answers */
  readonly #writing = new Set<number>();
  #answer: (bytes: Uint8Array) => void = () => undefined;

  constructor(identity: UsbIdentity, functions: readonly UsbFunction[]) {
    this.identity = identity;
    this.#placed = placed(functions);
    this.configuration = configurationOf(this.#placed);
    this.deviceDescriptor = deviceDescriptorOf(
      identity,
      this.#placed.some(({ function: { interfaces } }) => interfaces > 1),
    );
  }

  /** A host is there: where its answers go. */
  connected(answer: (bytes: Uint8Array) => void): void {
    this.#asked.clear();
    this.#answer = answer;
  }

  /** The host is gone; what it was to get is lost, as in a cable that is pulled. */
  disconnected(): void {
    this.#answer = () => undefined;
    this.#asked.clear();
    this.#writing.clear();
    for (const queue of this.#waiting.values()) for (const { sent } of queue.splice(0)) sent(false);
  }

  /** Bytes for the host at the n-th endpoint of a function; resolves when the host has taken them, false when it has gone. */
  send(of: UsbFunction, endpoint: number, data: Uint8Array): Promise<boolean> {
    const place = this.#placed.find((one) => one.function === of);
    if (!place) throw new Error('not a function of this device');
    const number = place.firstEndpoint + endpoint;
    return new Promise((sent) => {
      this.#waiting.set(number, [...(this.#waiting.get(number) ?? []), { data, sent }]);
      this.#deliver(number);
    });
  }

  take(urb: Urb): void {
    switch (urb.kind) {
      case 'control':
        return this.#control(urb.seq, urb.setup, urb.data);
      case 'in':
        this.#asked.set(urb.endpoint, [...(this.#asked.get(urb.endpoint) ?? []), urb]);
        return this.#deliver(urb.endpoint);
      case 'out':
        return void this.#out(urb.seq, urb.endpoint, urb.data);
      case 'unlink':
        return this.#answer(unlinked(urb.seq, this.#callOff(urb.victim)));
    }
  }

  #callOff(victim: number): boolean {
    if (this.#writing.delete(victim)) return true;
    for (const [endpoint, asked] of this.#asked) {
      const left = asked.filter(({ seq }) => seq !== victim);
      if (left.length === asked.length) continue;
      this.#asked.set(endpoint, left);
      return true;
    }
    return false;
  }

  #deliver(endpoint: number): void {
    const queue = this.#waiting.get(endpoint) ?? [];
    const asked = this.#asked.get(endpoint) ?? [];
    for (let request = asked[0], next = queue[0]; request && next; request = asked[0], next = queue[0]) {
      asked.shift();
      queue.shift();
      const rest = next.data.subarray(request.length);
      if (rest.length > 0) queue.unshift({ data: rest, sent: next.sent });
      else next.sent(true);
      this.#answer(done(request.seq, next.data.subarray(0, request.length)));
    }
  }

  async #out(seq: number, endpoint: number, data: Uint8Array): Promise<void> {
    this.#writing.add(seq);
    await this.#functionOf(endpoint)?.(data);
    // called off, or the host is gone
    if (this.#writing.delete(seq)) this.#answer(done(seq, new Uint8Array(), data.length));
  }

  #functionOf(endpoint: number): ((data: Uint8Array) => Promise<void> | void) | undefined {
    const place = this.#placed.find(
      ({ firstEndpoint, function: { endpoints } }) => endpoint >= firstEndpoint && endpoint < firstEndpoint + endpoints,
    );
    return place && ((data) => place.function.taken(endpoint - place.firstEndpoint, data));
  }

  #control(seq: number, setup: Setup, data: Uint8Array): void {
    const answer = this.#answerTo(setup, data);
    if (answer === 'silent') return void this.#writing.add(seq);
    if (answer === 'stall') return this.#answer(stalled(seq));
    if (answer === 'taken') return this.#answer(done(seq, new Uint8Array(), data.length));
    this.#answer(done(seq, answer.subarray(0, setup.length)));
  }

  #answerTo(setup: Setup, data: Uint8Array): ControlAnswer {
    const toInterface = (setup.requestType & 0x1f) === 1;
    if (toInterface) return this.#functionAt(setup.index & 0xff)?.control(setup, data) ?? 'stall';
    if ((setup.requestType & 0x60) !== 0) return 'stall';
    if (setup.request === GET_DESCRIPTOR) return this.#descriptor(setup.value >> 8, setup.value & 0xff);
    return setup.request === GET_STATUS ? Uint8Array.from([0, 0]) : 'taken';
  }

  #functionAt(number: number): UsbFunction | undefined {
    return this.#placed.find(
      ({ firstInterface, function: { interfaces } }) =>
        number >= firstInterface && number < firstInterface + interfaces,
    )?.function;
  }

  #descriptor(kind: number, index: number): ControlAnswer {
    if (kind === DEVICE) return this.deviceDescriptor;
    if (kind === CONFIGURATION) return this.configuration;
    if (kind !== STRING) return 'stall';
    if (index === 0) return Uint8Array.from([4, STRING, US_ENGLISH & 0xff, US_ENGLISH >> 8]);
    const { manufacturer, product, serialNumber } = this.identity;
    const text = [manufacturer, product, serialNumber][index - 1];
    return text === undefined ? 'stall' : stringDescriptor(text);
  }
}

function placed(functions: readonly UsbFunction[]): Placed[] {
  let firstInterface = 0;
  let firstEndpoint = 1;
  return functions.map((one) => {
    const place = { function: one, firstInterface, firstEndpoint };
    firstInterface += one.interfaces;
    firstEndpoint += one.endpoints;
    return place;
  });
}

function configurationOf(functions: readonly Placed[]): Uint8Array {
  const body = functions.flatMap(({ function: one, firstInterface, firstEndpoint }) => [
    ...one.descriptors(firstInterface, firstEndpoint),
  ]);
  const interfaces = functions.reduce((sum, { function: one }) => sum + one.interfaces, 0);
  const total = 9 + body.length;
  // bus powered, 250 mA: what a gun with its light on takes
  return Uint8Array.from([9, CONFIGURATION, total & 0xff, total >> 8, interfaces, 1, 0, 0x80, 125, ...body]);
}

/** USB 2.0 at full speed. A function with several interfaces asks for the class that says so (EF 02 01). */
function deviceDescriptorOf({ vendorId, productId, release }: UsbIdentity, composite: boolean): Uint8Array {
  const kind = composite ? [0xef, 2, 1] : [0, 0, 0];
  const numbers = [vendorId, productId, release].flatMap((number) => [number & 0xff, number >> 8]);
  return Uint8Array.from([18, DEVICE, 0x00, 0x02, ...kind, 64, ...numbers, 1, 2, 3, 1]);
}

function stringDescriptor(text: string): Uint8Array {
  const utf16 = Buffer.from(text, 'utf16le');
  return Uint8Array.from([utf16.length + 2, STRING, ...utf16]);
}
