import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../agent/payment/categories.ts';
import { SCAN_REFUSALS } from '../../agent/payment/scan-refusals.ts';
import { TERMINAL_FAULTS } from '../../simulator/faults/terminal-faults.ts';
import { catalogue } from '../../simulator/scenarios/catalogue.ts';
import { MUTATIONS } from './mutations.ts';

const FLOWS = JSON.parse(
  readFileSync(fileURLToPath(new URL('../vectors/payment/flow-scenarios.json', import.meta.url)), 'utf8'),
) as {
  readonly scenarios: readonly { readonly id: string }[];
  readonly localRules: readonly { readonly id: string }[];
};

const FLOW_IDS = [...FLOWS.scenarios, ...FLOWS.localRules].map(({ id }) => id);
/** The table of field-lessons.md §4. */
const FAILURE_MODES = Array.from({ length: 25 }, (_, at) => `F${at + 1}`);
/** How a shop collects: the five scenes of seed 001 (payment.md 6). */
const SCENES = ['001-2', '001-3', '001-4', '001-5', '001-6'];
/** What a clerk is told no with, before or after somebody was asked. */
const REFUSALS = [
  'TERMINAL_UNREGISTERED',
  'REFUND_AMOUNT',
  'CODE_EXPIRED',
  'BUYER_LIMIT',
  'RISK_REJECTED',
  'METHOD_NOT_SUPPORTED',
  'MERCHANT_SUSPENDED',
  'MERCHANT_LIMIT',
  'CONFIG_ERROR',
  'INTENT_OPEN',
].map((category) => `refusal:${category}`);

/** What a card terminal is for, and what its customers do. */
const CARDS = ['sale', 'declined', 'cancelled', 'signature', 'paycode', 'void', 'refund', 'away', 'restart'].map(
  (what) => `card:${what}`,
);
/** What goes wrong at one (terminals.md 6.4), of the kinds that a shop meets. */
const TERMINAL_TROUBLES = [
  'answer-lost',
  'declined-answer-lost',
  'unplugged',
  'reboot',
  'wrong-pin',
  'other-amount',
  'settlement-needed',
].map((fault) => `terminal:${fault}`);

const covered = new Set(catalogue().flatMap(({ covers }) => covers));

describe('the catalogue', () => {
  it('has at least 48 stories', () => {
    expect(catalogue().length).toBeGreaterThanOrEqual(48);
  });

  it.each([...FAILURE_MODES, ...FLOW_IDS, ...SCENES, ...REFUSALS, ...CARDS, ...TERMINAL_TROUBLES])(
    'tells a story of %s',
    (id) => {
      expect(covered).toContain(id);
    },
  );

  it.each(catalogue().map(({ name }) => name))('%s fails with a mistake that the teeth make', (name) => {
    expect(Object.values(MUTATIONS).flatMap(({ noticedBy }) => noticedBy)).toContain(name);
  });

  it('each mistake still has its place in the built agent', () => {
    const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
    const lost = Object.entries(MUTATIONS).filter(
      ([, { file, find }]) => readFileSync(dist + file, 'utf8').split(find).length !== 2,
    );
    expect(lost.map(([name]) => name)).toEqual([]);
  });

  it('names nothing that does not exist', () => {
    const refusals = new Set([...Object.keys(CATEGORIES), ...Object.keys(SCAN_REFUSALS)]);
    const isKnown = (id: string) =>
      FAILURE_MODES.includes(id) ||
      FLOW_IDS.includes(id) ||
      CARDS.includes(id) ||
      (id.startsWith('terminal:') && Object.hasOwn(TERMINAL_FAULTS, id.slice(9))) ||
      /^00\d-\d{1,2}$/.test(id) ||
      (id.startsWith('refusal:') && refusals.has(id.slice(8)));
    expect([...covered].filter((id) => !isKnown(id))).toEqual([]);
  });
});
