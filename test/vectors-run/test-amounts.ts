import {
  type AmountTable,
  holderCheckBand,
  STRIPE_AMOUNTS,
  TEST_AMOUNTS,
} from '../../simulator/terminals/test-amounts.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, type JsonObject, objectIn, unknownSections } from './json.ts';

const SECTIONS = ['stripe_physical_test_card', 'square_sandbox', 'adyen', 'proposed_for_our_simulator'];

/** test-amounts.json: which amount makes a simulated terminal do what. Square's and Adyen's ways of choosing are prose. */
export const testAmountsChecker: Checker = {
  title: 'test amounts',
  recognises: (_, content) => isObject(content) && SECTIONS.some((section) => section in content),
  check: (content) => ({
    cases: [
      ...amounts(objectIn(content, 'proposed_for_our_simulator'), 'ours', TEST_AMOUNTS),
      ...amounts(objectIn(objectIn(content, 'stripe_physical_test_card'), 'last two digits'), 'stripe', STRIPE_AMOUNTS),
      ...amounts(objectIn(objectIn(content, 'stripe_physical_test_card'), 'from_memory'), 'stripe', STRIPE_AMOUNTS),
      ...bands(objectIn(objectIn(content, 'adyen'), 'cvm_by_amount_white_v1_card_EUR')),
      ...unknownSections(content, SECTIONS),
    ],
    stories: ['square_sandbox', 'adyen'].filter((key) => isObject(content) && key in content).length,
  }),
};

function amounts(section: JsonObject, name: string, table: AmountTable): CaseResult[] {
  return Object.entries(section)
    .filter(([key]) => key !== 'scheme')
    .map(([key, expected]) => ({ name: `${name} ${key}`, expected, actual: table[key]?.meaning }));
}

/** `0-100` is tried at its upper end, `>100` just above its lower one; euros. */
function bands(section: JsonObject): CaseResult[] {
  return Object.entries(section)
    .filter(([key]) => key !== 'source')
    .map(([key, expected]) => {
      const [, above, upTo] = /^(?:>(\d+)|\d+-(\d+))$/.exec(key) ?? [];
      const minor = above === undefined ? Number(upTo) * 100 : Number(above) * 100 + 1;
      return { name: `holder check ${key}`, expected, actual: holderCheckBand(minor)?.meaning };
    });
}
