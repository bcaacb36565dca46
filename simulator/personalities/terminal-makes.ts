import { LINK_DIALECTS, type LinkDialect } from '../../protocols/terminal/link/dialects.ts';
import { MIS_PERSONALITIES, type MisPersonality } from '../terminals/mis-personalities.ts';
import { TERMINALS, type TerminalPersonality } from './terminals.ts';

// Card terminals of every language in one table: what a shop can have beside its till. Named as the till's configuration names
// the language, where there is only one make of it.

export const LINK_PROTOCOLS = ['link-kbtg', 'ghl', 'nets'] as const;
export type LinkProtocol = (typeof LINK_PROTOCOLS)[number];

export type TerminalMake =
  | { readonly protocol: 'zvt'; readonly personality: TerminalPersonality }
  | { readonly protocol: 'transbank' | 'nccc'; readonly personality: TerminalPersonality }
  | { readonly protocol: LinkProtocol; readonly personality: TerminalPersonality; readonly dialect: LinkDialect }
  | { readonly protocol: 'mis'; readonly personality: MisPersonality };

const zvt = (personality: TerminalPersonality) => ({ protocol: 'zvt', personality }) as const;
const link = (protocol: LinkProtocol, dialect: LinkDialect) =>
  ({ protocol, personality: { ...TERMINALS.link, name: protocol, title: dialect.title }, dialect }) as const;
const mis = (personality: MisPersonality) => ({ protocol: 'mis', personality }) as const;

export const TERMINAL_MAKES = {
  'zvt-plain': zvt(TERMINALS['zvt-plain']),
  'zvt-modern': zvt(TERMINALS['zvt-modern']),
  'zvt-cny': zvt(TERMINALS['zvt-cny']),
  'zvt-counter': zvt(TERMINALS['zvt-counter']),
  'zvt-brisk': zvt(TERMINALS['zvt-brisk']),
  'link-kbtg': link('link-kbtg', LINK_DIALECTS.kbtg),
  ghl: link('ghl', LINK_DIALECTS.ghl),
  nets: link('nets', LINK_DIALECTS.nets),
  transbank: { protocol: 'transbank', personality: TERMINALS.transbank },
  nccc: { protocol: 'nccc', personality: TERMINALS.nccc },
  'boc-yinjie': mis(MIS_PERSONALITIES['boc-yinjie']),
  forgetful: mis(MIS_PERSONALITIES.forgetful),
  'another-bank': mis(MIS_PERSONALITIES['another-bank']),
} as const satisfies Record<string, TerminalMake>;

export type TerminalMakeName = keyof typeof TERMINAL_MAKES;

export function terminalMakeNamed(name: string): TerminalMake | undefined {
  return Object.hasOwn(TERMINAL_MAKES, name) ? TERMINAL_MAKES[name as TerminalMakeName] : undefined;
}

/** The name of a known make; `undefined`: it came from a file. */
export function terminalMakeName(make: TerminalMake): TerminalMakeName | undefined {
  return (Object.keys(TERMINAL_MAKES) as TerminalMakeName[]).find((name) => TERMINAL_MAKES[name] === make);
}

/** What a technician writes into the till's configuration for this terminal, without its path. */
export function terminalTable(make: TerminalMake): object {
  switch (make.protocol) {
    case 'mis':
      return {
        protocol: 'mis',
        baudRate: make.personality.baudRate,
        mis: { takesPaycodes: true, dialect: make.personality.dialect },
      };
    case 'zvt': {
      const { currency, zvt: own } = make.personality;
      const { messageIds, receiptSync, baudRate, copies } = own;
      // one that has both copies to give has no printer of its own
      const printsOnTill = copies !== undefined;
      return { protocol: 'zvt', currency, baudRate, zvt: { messageIds, receiptSync, printsOnTill } };
    }
    case 'transbank':
    case 'nccc':
      return { protocol: make.protocol };
    default: {
      const { head: _head, ...dialect } = make.dialect;
      return { protocol: make.protocol, baudRate: dialect.baudRate, link: { dialect } };
    }
  }
}
