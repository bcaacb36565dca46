import type { Expectations } from '../scenarios/expectations.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Step } from '../scenarios/steps.ts';
import { FIRST_ORDER } from '../scenarios/terms.ts';

/** Acts that are about an order, also when they do not name it. */
const ABOUT_AN_ORDER = new Set([
  'keys in',
  'cancels',
  'asks again',
  'prints again',
  'types the code',
  'shows a code',
  'takes the code back',
  'prints the code again',
  'scans the code of the shop',
  'asks to collect',
  'takes a card',
  'asks for a card',
  'gives back',
]);

/** The same story with order numbers that this till has never heard: it remembers those of the last time. */
export function withFreshOrders(scenario: Scenario, suffix: string): Scenario {
  return {
    ...scenario,
    steps: scenario.steps.map((step) => freshStep(step, suffix)),
    expect: freshExpectations(scenario.expect, suffix),
  };
}

function freshStep(step: Step, suffix: string): Step {
  if ('until' in step) return { ...step, until: freshExpectations(step.until, suffix) };
  const isAbout = Object.values(step).some((said) => typeof said === 'string' && ABOUT_AN_ORDER.has(said));
  if (!isAbout) return step;
  const { order = FIRST_ORDER } = step as { readonly order?: string };
  return { ...step, order: `${order}${suffix}` };
}

function freshExpectations(expected: Expectations, suffix: string): Expectations {
  const { orders } = expected;
  if (!orders) return expected;
  const fresh = Object.fromEntries(Object.entries(orders).map(([order, one]) => [`${order}${suffix}`, one]));
  return { ...expected, orders: fresh };
}
