/** A published figure beside its baseline of the same run, as commands.md has it. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: string;
  readonly baselineValue: number;
  readonly ratio: number;
  readonly better: 'lower' | 'higher';
  readonly limit: number;
}

/** The samples of one run, ours and the baseline's, taken in turn. */
export interface Run {
  readonly ours: readonly number[];
  readonly floor: readonly number[];
}

export interface RowTerms {
  readonly name: string;
  readonly baseline: string;
  /** 0.5 is the median */
  readonly quantile: number;
  readonly limit: number;
}

/** The quantile of each run on both sides; the run whose ratio is the median one speaks for all. */
export function rowOf(terms: RowTerms, runs: readonly Run[]): Row {
  const ratios = runs
    .map(({ ours, floor }) => ({ value: quantile(ours, terms.quantile), base: quantile(floor, terms.quantile) }))
    .map(({ value, base }) => ({ value, baselineValue: base, ratio: value / base }))
    .sort((a, b) => a.ratio - b.ratio);
  const middle = ratios[Math.floor(ratios.length / 2)];
  if (!middle || !Number.isFinite(middle.ratio)) throw new Error(`${terms.name}: nothing was measured`);
  const { name, baseline, limit } = terms;
  const { value, baselineValue, ratio } = middle;
  return { name, value, unit: 'ms', baseline, baselineValue, ratio, better: 'lower', limit };
}

export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export function misses({ ratio, better, limit }: Row): boolean {
  return better === 'lower' ? ratio > limit : ratio < limit;
}

/** For a person: one line a row. */
export function tableOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map((row) => {
      const verdict = misses(row) ? 'MISSED' : 'ok';
      const [value, base, ratio] = [row.value, row.baselineValue, row.ratio].map((one) => one.toFixed(3));
      return `${row.name.padEnd(width)}  ${value} ${row.unit}  floor ${base}  ratio ${ratio}  limit ${row.limit}  ${verdict}\n`;
    })
    .join('');
}
