import { type TillAddress, TOPIC_LEVEL } from '../../protocols/backend/topics.ts';
import { gunFrom } from '../personalities/gun-file.ts';
import { GUN_PERSONALITIES } from '../personalities/guns.ts';
import { printerFrom } from '../personalities/printer-file.ts';
import { PRINTERS } from '../personalities/printers.ts';
import type { ShopTerms } from './conversation.ts';
import { TestkitError } from './trouble.ts';

/** What shop a test wants. Everything has a default: a gun on a pty that says lines, a 58 mm printer on a pty, our agent. */
export interface ShopPlan {
  /** tenant/store/agent; default `demo/store-1/till-1` */
  readonly till?: string;
  readonly gun?: {
    /** a name of `tillwire-sim scanner --list`, or a file of one; default `line-crlf` */
    readonly personality?: string;
    /** default: what the gun has: pty, or report-stream for a HID gun */
    readonly wire?: 'pty' | 'tcp' | 'report-stream';
  };
  readonly printer?: {
    /** a name of `tillwire-sim printer --help`, or a file of one; default `generic-58` */
    readonly personality?: string;
    readonly wire?: 'pty' | 'tcp';
  };
  /** 0 or absent: chosen by the kernel */
  readonly brokerPort?: number;
  /** `false`: none; your own program takes its place. An object: parts of its configuration, laid over the usual one */
  readonly agent?: boolean | Readonly<Record<string, unknown>>;
  /** how long an expectation may take to come true, ms; default 15 000. Each call may say its own */
  readonly patienceMs?: number;
}

/** The plan with every choice made; throws with the choices there are. */
export function termsOf(plan: ShopPlan): Omit<ShopTerms, 'folder'> {
  const gun = plan.gun?.personality ?? 'line-crlf';
  const printer = plan.printer?.personality ?? 'generic-58';
  const isHid = 'usb' in (gunFrom(gun) ?? refuse('gun', gun, Object.keys(GUN_PERSONALITIES)));
  if (!printerFrom(printer)) refuse('printer', printer, Object.keys(PRINTERS));
  const gunWire = plan.gun?.wire ?? (isHid ? 'report-stream' : 'pty');
  if (isHid !== (gunWire === 'report-stream'))
    throw new TestkitError(`the gun ${gun} hangs on ${isHid ? 'a report-stream' : 'a pty or tcp'}, not on ${gunWire}`);
  return {
    till: tillOf(plan.till ?? 'demo/store-1/till-1'),
    gun,
    gunWire,
    printer,
    printerWire: plan.printer?.wire ?? 'pty',
    brokerPort: plan.brokerPort ?? 0,
  };
}

function tillOf(text: string): TillAddress {
  const [tenant = '', store = '', agent = '', ...more] = text.split('/');
  if (more.length > 0 || ![tenant, store, agent].every((level) => TOPIC_LEVEL.test(level)))
    throw new TestkitError(`till "${text}": tenant/store/agent, each of lower-case letters, digits and -`);
  return { tenant, store, agent };
}

function refuse(what: string, name: string, known: readonly string[]): never {
  throw new TestkitError(`no ${what} is called "${name}"; there are: ${known.join(', ')}`);
}
