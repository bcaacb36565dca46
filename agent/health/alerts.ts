import type { Alert } from '../../protocols/backend/health.ts';
import { type Device, type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { MqttLink } from '../backend/link.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';

export interface AlertParts {
  readonly link: Pick<MqttLink, 'publish'>;
  readonly till: TillAddress;
  readonly backendNow: () => number;
}

/**
 * What somebody must see to, retained at the broker as long as it is so. A process before this one may have left some behind: the
 * first session takes away everything that is not so any more.
 */
export class Alerts {
  readonly #parts: AlertParts;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #open = new Map<ErrorCode, Alert>();
  #cleaned = false;

  constructor(parts: AlertParts) {
    this.#parts = parts;
    this.#topics = topicsOf(parts.till);
  }

  get open(): readonly Alert[] {
    return [...this.#open.values()];
  }

  /** Exactly these are so now. */
  set(codes: ReadonlyMap<ErrorCode, Device | undefined>): void {
    for (const code of this.#open.keys()) if (!codes.has(code)) this.#clear(code);
    for (const [code, dev] of codes) if (!this.#open.has(code)) this.#raise(code, dev);
  }

  /** A session stands: the broker may have forgotten, or remember too much. */
  up(): void {
    for (const alert of this.#open.values()) this.#publish(alert);
    if (this.#cleaned) return;
    this.#cleaned = true;
    for (const code of ALERT_CODES) if (!this.#open.has(code)) this.#clear(code);
  }

  #raise(code: ErrorCode, dev: Device | undefined): void {
    const { cause, remedy } = ERRORS[code];
    const since = this.#parts.backendNow();
    const alert: Alert = { v: 1, code, ...(dev === undefined ? {} : { dev }), since, cause, remedy };
    this.#open.set(code, alert);
    this.#publish(alert);
  }

  #clear(code: ErrorCode): void {
    this.#open.delete(code);
    this.#parts.link.publish({ topic: this.#topics.alert(code), body: undefined, qos: 1, retain: true });
  }

  #publish(alert: Alert): void {
    this.#parts.link.publish({ topic: this.#topics.alert(alert.code), body: alert, qos: 1, retain: true });
  }
}

/** What can be open longer than a moment. */
const ALERT_CODES = [
  'PORT_NOT_FOUND',
  'PORT_BUSY',
  'PORT_DENIED',
  'PORT_LOST',
  'TERMINAL_REFUSES',
  'PORT_NOT_SERIAL',
  'PORT_FAILED',
  'HID_UNAVAILABLE',
  'DEVICE_UNSUPPORTED',
  'DEVICE_WRONG_MODE',
  'DEVICE_LOOSE',
  'SCANNER_WINDOW_DIRTY',
  'PRINTER_PAPER_LOW',
  'PRINTER_PAPER_OUT',
  'PRINTER_COVER_OPEN',
  'PRINTER_ERROR',
  'PRINTER_SILENT',
  'PRINTER_STALLED',
  'AGENT_TWICE',
  'CERTIFICATE_REFUSED',
  'CLOCK_UNTRUSTED',
  'JOURNAL_UNAVAILABLE',
  'JOURNAL_DAMAGED',
  'OUTBOX_STUCK',
] as const satisfies readonly ErrorCode[];
export type AlertCode = (typeof ALERT_CODES)[number];

export function isAlertCode(code: string | undefined): code is AlertCode {
  return ALERT_CODES.some((one) => one === code);
}
