import { HONEYWELL_DEFAULTS, type HoneywellCommand, type HoneywellStorage } from '../../protocols/scanner/honeywell.ts';
import type { AnsweredItem } from '../../protocols/scanner/tag-menu.ts';
import { answers, type CommandSaid, type CommandSettings, type GunLanguage, type Obeying } from './command-gun.ts';
import { type MenuRow, MenuStore } from './menu-store.ts';
import { type Deed, type Sign, sign } from './model.ts';

export interface HoneywellAnswer {
  readonly items: readonly AnsweredItem[];
  readonly storage: HoneywellStorage;
}

type HoneywellDeed = Deed<CommandSaid<HoneywellAnswer>>;

/** Tags an agent uses, and the Codabar group of the manual's examples; those marked * from memory. */
const ROWS: readonly MenuRow[] = [
  ...HONEYWELL_DEFAULTS.map(
    (row): MenuRow => ({ ...row, range: row.sub === 'ENA' || row.sub === 'SSX' ? [0, 1] : [0, 80] }),
  ),
  { tag: 'SCN', sub: 'LED', data: '1', range: [0, 1] },
  { tag: 'SCN', sub: 'AIM', data: '2', range: [0, 2] },
  { tag: 'DEC', sub: 'HDR', data: '0', range: [0, 1] },
  { tag: 'SHW', sub: 'NRD', data: '0', range: [0, 1] }, // *
  { tag: 'BEP', sub: 'LVL', data: '3', range: [0, 3] },
  { tag: 'BEP', sub: 'DEC', data: '1', range: [0, 1] }, // *
  { tag: '232', sub: 'BAD', data: '9', range: [0, 9] },
  { tag: 'REV', sub: 'INF', data: '' },
];

/** 232BADn; all but 5 and 9 from memory */
const BAUD_RATES = [300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200] as const;

/** Honeywell's menu (scanners.md 3.1): keys are obeyed in silence, menu commands are answered, item by item. */
export class HoneywellMenu implements GunLanguage<HoneywellCommand, HoneywellAnswer> {
  readonly store = new MenuStore(ROWS, { current: '?', standard: '^', range: '*' });
  readonly #revision: string;

  constructor(revision: string) {
    this.#revision = revision;
  }

  powerUp(factory: CommandSettings): CommandSettings {
    this.store.powerUp();
    return this.#settings(factory);
  }

  obey(command: HoneywellCommand, gun: Obeying<HoneywellAnswer>, at: number): HoneywellDeed[] {
    if (command.kind === 'menu') return this.#menu(command, gun);
    if (command.key === 'beep') return [sign({ kind: 'beep', tone: 'host' })];
    return command.key === 'trigger' ? gun.body.pull(at) || [] : gun.body.release(at);
  }

  #menu(command: Extract<HoneywellCommand, { kind: 'menu' }>, gun: Obeying<HoneywellAnswer>): HoneywellDeed[] {
    const flashed = this.store.flashWrites;
    const items = this.store.obey(command.items, command.storage);
    const isSet = (tag: string, sub: string) =>
      items.some((item) => item.tag === tag && item.sub === sub && item.status === 'ok');
    gun.settings = this.#settings(gun.settings);
    const baudRate = isSet('232', 'BAD') ? BAUD_RATES[Number(this.store.value('232', 'BAD'))] : undefined;
    return [
      ...(isSet('REV', 'INF') ? [{ kind: 'say', said: { kind: 'told', text: this.#revision } } as const] : []),
      answers({ items, storage: command.storage }),
      ...this.#signs(isSet),
      ...(this.store.flashWrites > flashed ? [sign({ kind: 'flash-written' })] : []),
      ...(baudRate === undefined ? [] : [{ kind: 'baud', baudRate } as const]),
    ];
  }

  #signs(isSet: (tag: string, sub: string) => boolean): HoneywellDeed[] {
    const told: Sign[] = [];
    if (isSet('SCN', 'LED')) told.push({ kind: 'light', on: this.store.value('SCN', 'LED') !== '0' });
    if (isSet('SCN', 'AIM')) told.push({ kind: 'aim', on: this.store.value('SCN', 'AIM') !== '0' });
    return told.map(sign);
  }

  #settings(before: CommandSettings): CommandSettings {
    return {
      ...before,
      headed: this.store.value('DEC', 'HDR') === '1',
      tellsNoRead: this.store.value('SHW', 'NRD') === '1',
      beeps: this.store.value('BEP', 'DEC') === '1' && this.store.value('BEP', 'LVL') !== '0',
    };
  }
}
