import { AckedDialogue } from '../../../protocols/terminal/acked-dialogue.ts';
import { linkTongue } from '../../../protocols/terminal/link/tongue.ts';
import type { Pending, TerminalDialogue } from '../../../protocols/terminal/messages.ts';
import { MisDialogue } from '../../../protocols/terminal/mis/dialogue.ts';
import { ncccTongue } from '../../../protocols/terminal/nccc/tongue.ts';
import type { GivenUp } from '../../../protocols/terminal/owed-answers.ts';
import { transbankTongue } from '../../../protocols/terminal/transbank/tongue.ts';
import { ZvtTill } from '../../../protocols/terminal/zvt/till.ts';
import type { Clock } from '../../clock.ts';
import { parseAddress } from '../../transport/address.ts';
import type { SerialOptions } from '../../transport/serial.ts';
import { misDialect } from '../china-dialects.ts';
import { type TerminalConfig, USUAL_LINES } from './config.ts';
import { linkDialect } from './link-dialect.ts';

// The protocol that the configuration names, and the line it is spoken on.

export interface DialogueDeps {
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  /** by an earlier process, oldest first: their answers may still come, and where none names its question they are looked out for */
  readonly givenUp?: readonly GivenUp[];
}

/** `pending`: of an earlier process; the dialogue says nothing financial before it was asked after. */
export function terminalDialogue(
  config: TerminalConfig,
  pending: Pending | undefined,
  { clock, random, givenUp }: DialogueDeps,
): TerminalDialogue {
  const unsettled = pending?.command;
  switch (config.protocol) {
    case 'zvt':
      return zvtTill(config, pending);
    case 'link-kbtg':
      return new AckedDialogue(linkTongue(linkDialect('kbtg', config.link.dialect)), unsettled);
    case 'ghl':
    case 'nets':
      return new AckedDialogue(linkTongue(linkDialect(config.protocol, config.link.dialect)), unsettled);
    case 'nccc':
      return new AckedDialogue(
        ncccTongue({ ...config.nccc, stamp: () => localStamp(clock.now()) }),
        unsettled,
        givenUp,
      );
    case 'transbank':
      return new AckedDialogue(transbankTongue, unsettled);
    case 'mis': {
      const { till, operator, dialect } = config.mis;
      const [high = 0, low = 0] = random(2);
      const options = { dialect: misDialect(dialect), till: { till, operator }, firstCorrelation: high * 256 + low };
      return new MisDialogue(options);
    }
    default:
      return config.protocol satisfies never;
  }
}

function zvtTill({ zvt, currency, path }: TerminalConfig, pending: Pending | undefined): ZvtTill {
  const transport = parseAddress(path)?.kind === 'tcp' ? 'tcp' : 'serial';
  return new ZvtTill({ ...zvt, currency, transport, ...(pending && { pending }) });
}

export function terminalLine({ protocol, path, dataBits, parity, ...own }: TerminalConfig): SerialOptions {
  const { baudRate = USUAL_LINES[protocol].baudRate, stopBits = USUAL_LINES[protocol].stopBits } = own;
  return { path, baudRate, stopBits, dataBits, parity };
}

/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000;

/** YYMMDD and HHMMSS */
function localStamp(now: number): { readonly date: string; readonly time: string } {
  const digits = new Date(now + BEIJING_MS).toISOString().replace(/\D/g, '');
  return { date: digits.slice(2, 8), time: digits.slice(8, 14) };
}
