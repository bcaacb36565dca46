import type { GrowFrame } from '../../protocols/scanner/grow.ts';
import type { NewlandFrame } from '../../protocols/scanner/newland.ts';
import type { AnsweredItem, MenuItem } from '../../protocols/scanner/tag-menu.ts';
import { answers, type CommandSaid, type CommandSettings, type GunLanguage, type Obeying } from './command-gun.ts';
import { type GrowAnswer, GrowZones } from './grow.ts';
import { type MenuRow, MenuStore } from './menu-store.ts';
import { type Deed, sign } from './model.ts';

/** The group of the manuals' examples (HR42 p.30); the rest of the hundred differs from model to model. */
const ROWS: readonly MenuRow[] = [
  { tag: 'C11', sub: 'ENA', data: '0', range: [0, 1] },
  { tag: 'C11', sub: 'MIN', data: '4', range: [1, 80] },
  { tag: 'C11', sub: 'MAX', data: '80', range: [1, 80] },
];

export type NewlandCommand =
  | { readonly kind: 'menu'; readonly frame: NewlandFrame<MenuItem> }
  | { readonly kind: 'grow'; readonly frame: GrowFrame | undefined; readonly checked: boolean };

export type NewlandAnswer =
  | { readonly kind: 'menu'; readonly frame: NewlandFrame<AnsweredItem> }
  | { readonly kind: 'grow'; readonly answer: GrowAnswer };

type NewlandDeed = Deed<CommandSaid<NewlandAnswer>>;

/** Newland's ASCII menu and `7E 00` on one line (scanners.md 3.2, 3.3); a Grow gun speaks only the latter. */
export class NewlandLanguages implements GunLanguage<NewlandCommand, NewlandAnswer> {
  readonly store = new MenuStore(ROWS, { current: '*', standard: '&', range: '^' });
  readonly zones = new GrowZones();

  powerUp(factory: CommandSettings): CommandSettings {
    this.store.powerUp();
    return this.zones.powerUp(factory);
  }

  obey(command: NewlandCommand, gun: Obeying<NewlandAnswer>, at: number): NewlandDeed[] {
    if (command.kind === 'grow') {
      const { answer, deeds } = this.zones.obey(command, gun, at);
      return [answers<NewlandAnswer>({ kind: 'grow', answer }), ...deeds];
    }
    const { items, storage } = command.frame;
    const flashed = this.store.flashWrites;
    const answered = this.store.obey(items, storage);
    return [
      answers<NewlandAnswer>({ kind: 'menu', frame: { storage, items: answered } }),
      ...(this.store.flashWrites > flashed ? [sign({ kind: 'flash-written' })] : []),
    ];
  }
}
