import type { Registration } from '../../protocols/backend/enrolment.ts';
import type { PayArgs } from '../../protocols/backend/requests.ts';
import { parseCpm } from '../../protocols/paycode/emv-cpm.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import {
  DEVICE_TYPES,
  type TerminalInfo,
  type TerminalInfoField,
  terminalInfoProblems,
} from '../../protocols/terminal/terminal-info.ts';
import type { ChannelAnswer } from '../acquirer/manner.ts';
import { serialMac } from '../terminals/serial-mac.ts';

/** A terminal as the acquirer has registered it. */
export interface RegisteredTerminal {
  readonly registration: Registration;
  /** SM4: by it a secret_text is believed; absent: nobody can look at one */
  readonly key?: Uint8Array;
}

/** The channels' own words for a request whose content is not right: a failure for good. */
const REFUSAL_CODES: Partial<Record<Channel, string>> = {
  WECHAT: 'PARAM_ERROR',
  ALIPAY: 'ACQ.INVALID_PARAMETER',
  UNIONPAY: '10',
  EMV: '10',
};

/** What the channel says to a payment whose terminal_info is not that of the registered terminal; `undefined`: it is. */
export function terminalRefusal(args: PayArgs, registered: RegisteredTerminal): ChannelAnswer | undefined {
  const [field] = terminalProblems(args, registered);
  if (field === undefined) return undefined;
  return { code: REFUSAL_CODES[args.channel] ?? 'PARAM_ERROR', message: `terminal_info.${field}` };
}

/** The fields that are missing, wrong, or another terminal's. */
function terminalProblems(
  { terminal = {}, paycode, channel }: PayArgs,
  { registration, key }: RegisteredTerminal,
): readonly TerminalInfoField[] {
  const info = terminal as TerminalInfo;
  const wanted = requiredOf(registration, channel);
  const form = terminalInfoProblems(info, wanted.includes('secret_text'));
  const absent = wanted.filter((field) => !info[field]);
  const foreign = declaredOf(registration).flatMap(([field, value]) => (info[field] === value ? [] : field));
  return [...form, ...absent, ...foreign, ...secretProblems(info, paycode, key)];
}

function requiredOf({ requires, deviceType }: Registration, channel: Channel): readonly TerminalInfoField[] {
  if (requires) return requires[channel] ?? [];
  return DEVICE_TYPES[deviceType]?.serialRequired ? ['secret_text'] : [];
}

/** One serial number, one merchant, one place: nobody else's are taken. */
function declaredOf(registration: Registration): readonly (readonly [TerminalInfoField, string | undefined])[] {
  const { deviceType, deviceId, serialNum, location } = registration;
  return [
    ['device_type', deviceType],
    ['device_id', deviceId],
    ['serial_num', serialNum],
    ['location', location],
  ];
}

function secretProblems(
  { serial_num: serial = '', encrypt_rand_num: random = '', secret_text: secret }: TerminalInfo,
  paycode: string,
  key: Uint8Array | undefined,
): readonly TerminalInfoField[] {
  if (random !== '' && random !== digitsOf(paycode)) return ['encrypt_rand_num'];
  if (secret === undefined || !key) return [];
  return secret === serialMac(key, serial, random).secretText ? [] : ['secret_text'];
}

function digitsOf(paycode: string): string | undefined {
  if (/^\d+$/.test(paycode)) return paycode.slice(-6);
  const read = parseCpm(paycode);
  return 'cpm' in read ? read.cpm.derived.encrypt_rand_num : undefined;
}
