import { SSI_PARAMETERS } from '../../protocols/scanner/ssi-table.ts';

/** Values as the gun leaves the factory, where the table has none; times in 0.1 s and baud codes are from memory. */
const FACTORY: ReadonlyMap<number, number> = new Map([
  [SSI_PARAMETERS.decodeSessionTimeout.number, 30],
  [SSI_PARAMETERS.triggerMode.number, 0],
  [SSI_PARAMETERS.responseTimeout.number, 20],
  [SSI_PARAMETERS.baudRate.number, 6],
  [SSI_PARAMETERS.stopBits.number, 1],
  [SSI_PARAMETERS.parity.number, 4],
  [SSI_PARAMETERS.dataFormat.number, 0],
  [SSI_PARAMETERS.characterTimeout.number, 20],
]);

/** Codes of parameter 9C. */
export const SSI_BAUD_CODES: Readonly<Record<number, number>> = {
  3: 1200,
  4: 2400,
  5: 4800,
  6: 9600,
  7: 19_200,
  8: 38_400,
  10: 57_600,
  11: 115_200,
};

export type SsiParameterName = keyof typeof SSI_PARAMETERS;

/** A gun's parameters: what holds now, and what it comes back with after the power was off. */
export class SsiParameters {
  readonly #factory: ReadonlyMap<number, number>;
  #stored: ReadonlyMap<number, number>;
  #now: Map<number, number>;

  constructor(changed: Partial<Record<SsiParameterName, number>> = {}) {
    const defaults = Object.values(SSI_PARAMETERS).flatMap((row) =>
      'default' in row ? [[row.number, row.default] as const] : [],
    );
    const own = Object.entries(changed).map(([name, value]) => [numberOf(name as SsiParameterName), value] as const);
    this.#factory = new Map([...FACTORY, ...defaults, ...own]);
    this.#stored = this.#factory;
    this.#now = new Map(this.#factory);
  }

  get(name: SsiParameterName): number {
    return this.#now.get(numberOf(name)) ?? 0;
  }

  byNumber(number: number): number | undefined {
    return this.#now.get(number);
  }

  get numbers(): number[] {
    return [...this.#now.keys()];
  }

  /** A gun takes numbers that the table does not have: models differ. */
  set(values: readonly { readonly number: number; readonly value: number }[], permanent: boolean): void {
    for (const { number, value } of values) this.#now.set(number, value);
    if (permanent) this.#stored = new Map([...this.#stored, ...values.map((one) => [one.number, one.value] as const)]);
  }

  defaults(): void {
    this.#stored = this.#factory;
    this.#now = new Map(this.#factory);
  }

  powerUp(): void {
    this.#now = new Map(this.#stored);
  }
}

function numberOf(name: SsiParameterName): number {
  return SSI_PARAMETERS[name].number;
}
