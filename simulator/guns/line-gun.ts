import { encodeLine, encodeNoRead, type LineForm } from '../../protocols/scanner/serial-line-encode.ts';
import { type SymbologyIds, symbologyIds } from '../../protocols/scanner/symbology.ts';
import { type BodySettings, GOOD_BEEP, GunBody } from './body.ts';
import { type Deed, type GunModel, type Reading, sign, type Tongue } from './model.ts';

// A gun in raw line mode (scanners.md 1): says each code once and hears nothing.

export interface LineSettings extends BodySettings {
  readonly prefix?: Uint8Array;
  readonly suffix: Uint8Array;
  /** what it puts before a code */
  readonly codeId: 'none' | 'aim' | 'honeywell';
  /** says so when it read nothing */
  readonly tellsNoRead: boolean;
}

export type LineSaid = { readonly kind: 'code'; readonly reading: Reading } | { readonly kind: 'no-read' };

export class LineGun implements GunModel<LineSaid, never> {
  readonly #settings: LineSettings;
  readonly #body: GunBody<LineSaid>;

  constructor(settings: LineSettings) {
    this.#settings = settings;
    this.#body = new GunBody<LineSaid>({ trigger: 'hand' }, speakOnce, () => this.noRead());
  }

  get nextDeadline(): undefined {
    return undefined;
  }

  read(reading: Reading, at: number): Deed<LineSaid>[] {
    return this.#body.read(reading, at);
  }

  noRead(): Deed<LineSaid>[] {
    return this.#settings.tellsNoRead ? [{ kind: 'say', said: { kind: 'no-read' } }] : [];
  }

  hear(): Deed<LineSaid>[] {
    return [];
  }

  said(said: LineSaid, _at: number, delivered: boolean): Deed<LineSaid>[] {
    return endOf(said, delivered);
  }

  wake(): Deed<LineSaid>[] {
    return [];
  }

  powerUp(): Deed<LineSaid>[] {
    return this.#body.powerUp();
  }
}

function speakOnce(reading: Reading): Deed<LineSaid>[] {
  return [{ kind: 'say', said: { kind: 'code', reading }, reading: reading.id }, sign(GOOD_BEEP)];
}

/** Nobody acknowledges: what has left is over. */
export function endOf(said: LineSaid, delivered: boolean): Deed<never>[] {
  return said.kind === 'code' ? [{ kind: 'end', reading: said.reading.id, how: delivered ? 'said' : 'unplugged' }] : [];
}

export function lineTongue(form: LineSettings): Tongue<LineSaid, never> {
  return {
    say: (said) => [said.kind === 'no-read' ? encodeNoRead(lineForm(form)) : codeLine(said.reading, form)],
    hear: () => [],
    nextDeadline: undefined,
    silence: () => [],
    reset: () => undefined,
  };
}

export function codeLine({ data, symbology }: Reading, settings: LineSettings): Uint8Array {
  const codeId = codeIdOf(symbologyIds(symbology), settings.codeId);
  return encodeLine(data, { ...lineForm(settings), codeId });
}

export function lineForm({ prefix, suffix }: LineSettings): LineForm {
  return prefix ? { prefix, suffix } : { suffix };
}

function codeIdOf(ids: SymbologyIds, mode: LineSettings['codeId']): string {
  if (mode === 'aim') return ids.aim;
  return mode === 'honeywell' ? (ids.honeywell ?? '') : '';
}
