import { expect, it } from 'vitest';
import { troubledDay } from './zvt-days.ts';

const SEEDS = 80;

it(`the terminal's ledger and the till's journal agree after ${SEEDS} troubled days`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const counter = troubledDay(seed);
    const unsure = counter.journal.filter(({ reference }) => counter.resultOf(reference)?.outcome === 'unknown');
    expect([seed, counter.confirmed, unsure]).toEqual([seed, counter.terminal.ledger.total(), []]);
  }
}, 120_000);
