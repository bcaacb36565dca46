import { decodeUtf8Lossy } from '../../protocols/bytes/utf8.ts';
import { type Typing, typeCapsLock, typeText } from '../../protocols/scanner/keyboard-typing.ts';
import { symbologyIds } from '../../protocols/scanner/symbology.ts';
import { GOOD_BEEP } from './body.ts';
import { type Deed, type GunModel, type Reading, sign, type Tongue } from './model.ts';

// A gun that types (scanners.md 4.1). Nobody answers it but the lights of the host's keyboard.

export interface KeyboardSettings extends Typing {
  readonly codeId: 'none' | 'aim';
  /** turns the host's CapsLock off before a code and on again behind it, as far as the lights tell */
  readonly mindsCapsLock: boolean;
}

export interface KeyboardSaid {
  readonly reading: Reading;
  readonly aroundCapsLock: boolean;
}

/** the lights of the host */
export type KeyboardHeard = { readonly capsLock: boolean };

export class KeyboardGun implements GunModel<KeyboardSaid, KeyboardHeard> {
  readonly #settings: KeyboardSettings;
  #capsLock = false;

  constructor(settings: KeyboardSettings) {
    this.#settings = settings;
  }

  get nextDeadline(): undefined {
    return undefined;
  }

  read(reading: Reading): Deed<KeyboardSaid>[] {
    const said = { reading, aroundCapsLock: this.#capsLock && this.#settings.mindsCapsLock };
    return [{ kind: 'say', said, reading: reading.id }, sign(GOOD_BEEP)];
  }

  noRead(): Deed<KeyboardSaid>[] {
    return [];
  }

  hear({ capsLock }: KeyboardHeard): Deed<KeyboardSaid>[] {
    this.#capsLock = capsLock;
    return [];
  }

  said({ reading }: KeyboardSaid, _at: number, delivered: boolean): Deed<KeyboardSaid>[] {
    return [{ kind: 'end', reading: reading.id, how: delivered ? 'said' : 'unplugged' }];
  }

  wake(): Deed<KeyboardSaid>[] {
    return [];
  }

  powerUp(): Deed<KeyboardSaid>[] {
    this.#capsLock = false;
    return [];
  }
}

const CAPS_LED = 0x02;

/** The keyboard that a gun of the wrong country has. */
const OTHER_COUNTRY = { us: 'fr', fr: 'us', de: 'fr' } as const;

export function keyboardTongue(settings: KeyboardSettings): Tongue<KeyboardSaid, KeyboardHeard> {
  return {
    say: ({ reading, aroundCapsLock }, fault) => {
      const id = settings.codeId === 'aim' ? symbologyIds(reading.symbology).aim : '';
      const layout = fault === 'wrong-layout' ? OTHER_COUNTRY[settings.layout] : settings.layout;
      const typed = typeText(id + decodeUtf8Lossy(reading.data), { ...settings, layout });
      const around = aroundCapsLock ? typeCapsLock() : [];
      return typed && [...around, ...typed, ...around];
    },
    hear: (report) => [{ capsLock: ((report.at(-1) ?? 0) & CAPS_LED) !== 0 }],
    nextDeadline: undefined,
    silence: () => [],
    reset: () => undefined,
  };
}
