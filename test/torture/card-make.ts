import type { AckedProtocol } from '../../simulator/terminals/acked-port.ts';
import { MIS_PERSONALITIES } from '../../simulator/terminals/mis-personalities.ts';
import type { Chance } from './chance.ts';
import { type Day, MAKES } from './day.ts';

/** What is on the counter: drawn once. */
export interface CardMake {
  readonly name: 'zvt' | AckedProtocol | 'mis';
  readonly transport: 'serial' | 'tcp';
  /** goes into the agent's configuration */
  readonly config: object;
  /** of ZVT */
  readonly isModern: boolean;
  /** of MIS: card sales, and scanned codes */
  readonly takesCards: boolean;
  readonly takesCodes: boolean;
  readonly canAsk: boolean;
}

const CONFIG_NAMES = {
  zvt: 'zvt',
  kbtg: 'link-kbtg',
  ghl: 'ghl',
  nets: 'nets',
  nccc: 'nccc',
  transbank: 'transbank',
  mis: 'mis',
} as const;
const NAMES = ['zvt', 'zvt', 'zvt', 'transbank', 'kbtg', 'ghl', 'nets', 'nccc', 'mis', 'mis', 'mis'] as const;
/** cannot be asked what became of it */
const DUMB: ReadonlySet<string> = new Set(['nets', 'nccc', 'mis']);

/** of {@link Chance} */
export const CARD_STREAM = 'card terminal';
/** In so many worlds there is a card terminal. */
const SHARE = 0.4;

/** What stands on the counter of this world; `undefined`: no card terminal. Everything else of it is drawn behind. */
export function makeOf(chance: Chance, day: Day): CardMake | undefined {
  const isFit = MAKES[day];
  if (!isFit) return chance.happens(SHARE) ? drawMake(chance) : undefined;
  for (;;) {
    const make = drawMake(chance);
    if (isFit(make)) return make;
  }
}

function drawMake(chance: Chance): CardMake {
  const name = chance.pick(NAMES);
  const transport = chance.happens(name === 'zvt' ? 0.5 : 0.2) ? 'tcp' : 'serial';
  const isModern = chance.happens(0.5);
  const isOther = name === 'mis' && chance.happens(0.5);
  const takesCodes = name === 'mis' && (!isOther || chance.happens(0.7));
  const zvt = {
    printsOnTill: chance.happens(0.5),
    messageIds: chance.happens(0.5),
    receiptSync: isModern && chance.happens(0.5),
  };
  // drawn last: what was drawn before says what it said
  const completesWith = chance.pick(['bookTotal', 'partialReversal'] as const);
  const holds = { completeUpToPercent: chance.pick([100, 115]) };
  const own =
    name === 'zvt'
      ? { zvt: { ...zvt, completesWith } }
      : name === 'mis'
        ? { mis: misSettings(isOther, takesCodes) }
        : {};
  const path = transport === 'tcp' ? 'tcp://10.0.0.9:20007' : '/terminal';
  return {
    name,
    transport,
    config: { protocol: CONFIG_NAMES[name], path, holds, ...own },
    isModern,
    takesCards: name !== 'mis' || isOther,
    takesCodes,
    canAsk: !DUMB.has(name),
  };
}

function misSettings(isOther: boolean, takesPaycodes: boolean): object {
  const { tags, commands, results } = MIS_PERSONALITIES['another-bank'].dialect;
  const { container, correlation, paycode, result } = tags;
  const other = {
    tags: { container, correlation, paycode, result },
    commands,
    results: { cancelled: results.cancelled },
  };
  return { takesPaycodes, dialect: { answerMs: 8_000, limitMs: 20_000, ...(isOther && other) } };
}
