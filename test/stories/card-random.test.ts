import { expect, it } from 'vitest';
import { cardDay } from '../world/card-day.ts';

/** `CARD_SEED` replays one day, `CARD_SEEDS` lives that many from there on. */
const FIRST = Number(process.env['CARD_SEED'] ?? 1);
const COUNT = Number(process.env['CARD_SEEDS'] ?? (process.env['CARD_SEED'] === undefined ? 40 : 1));

it(`${COUNT} days of cards, cables, crashes and faults: the journal and the terminal's ledger agree`, {
  timeout: 3_600_000,
}, async () => {
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    const { findings } = await cardDay(seed);
    expect(findings, `CARD_SEED=${seed}`).toEqual([]);
  }
});
