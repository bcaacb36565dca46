import type { DeviceStates } from '../backend/device-states.ts';
import type { ClockSkew } from '../backend/skew.ts';
import { type Advice, ERRORS } from '../errors.ts';
import type { DEVICE_LIGHTS } from './state-schemas.ts';

type Light = (typeof DEVICE_LIGHTS)[number];
type Name = 'gun' | 'printer' | 'terminal' | 'network' | 'clock';

/** One light. */
export interface Shown {
  readonly device: Name;
  readonly state: Light;
  readonly code?: string;
  readonly problem?: Advice;
  readonly remedy?: Advice;
  readonly sinceMs: number;
}

export interface StripParts {
  readonly devices: Pick<DeviceStates, 'all' | 'remarkOn'>;
  readonly skew: Pick<ClockSkew, 'backendNow' | 'trusted' | 'wallClockErrorMs'>;
  readonly network: { readonly online: boolean };
  readonly hasPrinter: boolean;
  readonly hasTerminal: boolean;
}

const CONNECTING = {
  problem: { zh: '正在连接', en: 'connecting' },
  remedy: { zh: '请稍候；一直不亮请检查连接线', en: 'wait a moment; if it stays so check the cable' },
} as const;
/** In trouble, and payments go on all the same. */
const BEARABLE: ReadonlySet<string> = new Set(['PRINTER_PAPER_LOW', 'CLOCK_UNTRUSTED']);

/** The lights of the counter: what works, since when, and what to do where it does not. */
export class DeviceStrip {
  readonly #parts: StripParts;
  /** when each light became what it is, for what nobody else dates */
  readonly #since = new Map<Name, { readonly what: string; readonly at: number }>();

  constructor(parts: StripParts) {
    this.#parts = parts;
  }

  /** Something may have changed: lights that nobody else dates are dated now. */
  look(): void {
    this.lights();
  }

  lights(): Shown[] {
    const { hasPrinter, hasTerminal } = this.#parts;
    return [
      this.#device('gun', 'scanner', true),
      this.#device('printer', 'printer', hasPrinter),
      this.#device('terminal', 'terminal', hasTerminal),
      this.#network(),
      this.#clock(),
    ];
  }

  #device(device: Name, dev: string, expected: boolean): Shown {
    const known = this.#parts.devices.all.find((one): boolean => sameName(one.dev, dev));
    if (!known) {
      const sinceMs = this.#dated(device, 'unknown');
      return expected ? { device, state: 'warn', ...CONNECTING, sinceMs } : { device, state: 'absent', sinceMs };
    }
    const { avail, reason, since } = known;
    const remark = this.#parts.devices.remarkOn(known.dev);
    if (avail === 'online' && remark) return { device, ...lightOf(remark.code), state: 'warn', sinceMs: remark.since };
    if (avail === 'online') return { device, state: 'ok', sinceMs: since };
    return { device, ...lightOf(reason), sinceMs: since };
  }

  #network(): Shown {
    const { online } = this.#parts.network;
    const sinceMs = this.#dated('network', String(online));
    return { device: 'network', ...(online ? { state: 'ok' } : lightOf('BROKER_UNREACHABLE')), sinceMs };
  }

  #clock(): Shown {
    const { skew } = this.#parts;
    if (skew.wallClockErrorMs === undefined)
      return { device: 'clock', state: 'warn', ...UNCHECKED, sinceMs: this.#dated('clock', 'unknown') };
    const sinceMs = this.#dated('clock', String(skew.trusted));
    return { device: 'clock', ...(skew.trusted ? { state: 'ok' } : lightOf('CLOCK_UNTRUSTED')), sinceMs };
  }

  #dated(device: Name, what: string): number {
    const known = this.#since.get(device);
    if (known?.what === what) return known.at;
    const at = this.#parts.skew.backendNow();
    this.#since.set(device, { what, at });
    return at;
  }
}

const UNCHECKED = {
  problem: { zh: '本机时间尚未与后台核对', en: "the clock was not yet compared with the backend's" },
  remedy: { zh: '联网后会自动核对', en: 'it is compared as soon as the network is there' },
} as const;

function lightOf(code: string | undefined): Pick<Shown, 'state' | 'code' | 'problem' | 'remedy'> {
  const rows: Readonly<Record<string, { readonly cause: Advice; readonly remedy: Advice }>> = ERRORS;
  const row = code !== undefined && Object.hasOwn(rows, code) ? rows[code] : undefined;
  const { cause: problem, remedy } = row ?? ERRORS.PORT_FAILED;
  const state = code !== undefined && BEARABLE.has(code) ? 'warn' : 'bad';
  return { state, ...(code === undefined ? {} : { code }), problem, remedy };
}

/** A contract that knows more devices than this strip, or fewer, is no mistake. */
function sameName(one: string, other: string): boolean {
  return one === other;
}
