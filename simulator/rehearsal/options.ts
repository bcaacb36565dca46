import { WALLETS, type Wallet } from '../devices/phone.ts';
import { catalogue, scenarioNamed } from '../scenarios/catalogue.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { TERMINAL_SHOWS, type TerminalShow } from './conversation.ts';

export interface RehearsalOptions {
  /** one sale, then exit; else until Ctrl-C */
  readonly once: boolean;
  /** instead of the story's own */
  readonly yuan: string | undefined;
  readonly wallet: Wallet | undefined;
  readonly scenario: Scenario;
  readonly paper: 58 | 80;
  /** the terminal may not collect, to look at the page then */
  readonly terminal: TerminalShow | undefined;
  /** where the files of the sale go */
  readonly out: string | undefined;
}

export interface RawOptions {
  readonly once?: boolean;
  readonly amount?: string;
  readonly channel?: string;
  readonly scenario: string;
  readonly paper: string;
  readonly terminal?: string;
  readonly out?: string;
}

/** The options, or one line that says what is wrong with them. */
export function parseOptions(
  raw: RawOptions,
  parseYuan: (text: string) => number | undefined,
): RehearsalOptions | string {
  const { amount, channel } = raw;
  if (amount !== undefined && parseYuan(amount) === undefined)
    return `--amount ${amount}: yuan such as 12.50, from 0.01 on`;
  if (channel !== undefined && !isWallet(channel))
    return `--channel ${channel} is not known; supported: ${Object.keys(WALLETS).join(', ')}`;
  const scenario = scenarioNamed(raw.scenario);
  if (!scenario)
    return `--scenario ${raw.scenario} is not known; there are: ${catalogue()
      .map(({ name }) => name)
      .join(', ')}`;
  if (raw.paper !== '58' && raw.paper !== '80') return '--paper is 58 or 80';
  const { terminal } = raw;
  if (terminal !== undefined && !isTerminalShow(terminal))
    return `--terminal ${terminal} is not known; there are: ${Object.keys(TERMINAL_SHOWS).join(', ')}`;
  return {
    once: raw.once === true,
    yuan: amount,
    wallet: channel,
    scenario,
    paper: raw.paper === '58' ? 58 : 80,
    terminal,
    out: raw.out,
  };
}

function isWallet(name: string): name is Wallet {
  return Object.hasOwn(WALLETS, name);
}

function isTerminalShow(name: string): name is TerminalShow {
  return Object.hasOwn(TERMINAL_SHOWS, name);
}
