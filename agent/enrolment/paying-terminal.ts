import type { PayArgs } from '../../protocols/backend/requests.ts';
import { toBase64 } from '../../protocols/bytes/base64.ts';
import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { parseCpm } from '../../protocols/paycode/emv-cpm.ts';
import type { Channel, Paycode } from '../../protocols/paycode/paycode.ts';
import type { TerminalIdentity } from '../../protocols/terminal/certified/messages.ts';
import { DEVICE_TYPES } from '../../protocols/terminal/terminal-info.ts';
import type { Config } from '../config.ts';
import type { CertifiedTerminal } from '../devices/certified-terminal.ts';
import type { Log } from '../log.ts';
import { isOther } from '../payment/terminal-findings.ts';
import { VERSION } from '../version.ts';
import { terminalInfoOf } from './registration.ts';

/** What a pay request says of the terminal. */
export type TerminalArgs = Pick<PayArgs, 'terminal' | 'secretAbsent'>;
type Absent = NonNullable<TerminalArgs['secretAbsent']>;

export interface PayingTerminalParts {
  readonly registration: NonNullable<Config['registration']>;
  /** absent: this till has none */
  readonly certified: Pick<CertifiedTerminal, 'mac'> | undefined;
  /** who the certified terminal says that it is, as far as it has */
  readonly identity: () => TerminalIdentity | undefined;
  readonly log: Log;
}

const SECRET_OF = { silent: 'TERMINAL_SILENT', refused: 'TERMINAL_REFUSED' } as const satisfies Record<string, Absent>;

/**
 * terminal_info of a customer-presented payment: the registration as it is mirrored, the last six digits of the code, and the
 * MAC that only the certified terminal can make. What cannot be had is left out, and the reason is said.
 */
export class PayingTerminal {
  readonly #parts: PayingTerminalParts;
  readonly #declared: NonNullable<TerminalArgs['terminal']>;
  #told: Absent | undefined;

  constructor(parts: PayingTerminalParts) {
    this.#parts = parts;
    this.#declared = terminalInfoOf(parts.registration, VERSION);
  }

  /** At once where the channel wants no secret or nobody could make one: only a certified terminal is waited for. */
  of(paycode: Paycode): TerminalArgs | Promise<TerminalArgs> {
    const { certified, registration, identity } = this.#parts;
    const random = randomOf(paycode);
    const terminal = { ...this.#declared, ...(random === '' ? {} : { encrypt_rand_num: random }) };
    if (!wantsSecret(registration, paycode.channel)) return { terminal };
    if (random === '') return this.#without(terminal, 'CODE_WITHOUT_NUMBER');
    if (!certified) return this.#without(terminal, 'NO_CERTIFIED_TERMINAL');
    if (isOther(identity(), registration.serialNum)) return this.#without(terminal, 'OTHER_TERMINAL');
    return certified.mac(random).then((answer) => {
      if ('absent' in answer) return this.#without(terminal, SECRET_OF[answer.absent]);
      this.#told = undefined;
      return { terminal: { ...terminal, secret_text: toBase64(encodeLatin1(answer.mac) ?? new Uint8Array()) } };
    });
  }

  /** The log says it once, until it is another reason or none. */
  #without(terminal: TerminalArgs['terminal'], secretAbsent: Absent): TerminalArgs {
    if (this.#told !== secretAbsent)
      this.#parts.log.warn({ secretAbsent }, 'payments go without secret_text: the channel may refuse them');
    this.#told = secretAbsent;
    return { terminal, secretAbsent };
  }
}

/** What the acquirer has registered for this channel; else by the type: one with a serial number has a key to it. */
export function wantsSecret(
  { requires, deviceType = '' }: PayingTerminalParts['registration'],
  channel: Channel,
): boolean {
  if (requires) return requires[channel]?.includes('secret_text') === true;
  return DEVICE_TYPES[deviceType]?.serialRequired === true;
}

/** The last six digits of the code (Allinpay), of an EMVCo code those of the number in tag 57 (CMB, Huifu). */
function randomOf(paycode: Paycode): string {
  if (!paycode.summary) return paycode.reveal().slice(-6);
  const read = parseCpm(paycode.reveal());
  return 'cpm' in read ? (read.cpm.derived.encrypt_rand_num ?? '') : '';
}
