// oxlint-disable vitest/no-conditional-tests, vitest/valid-describe-callback, vitest/valid-title, vitest/no-disabled-tests, vitest/expect-expect -- this file makes suites and holds none
import { describe, it } from 'vitest';
import { type ComponentName, missing } from './components.ts';

/**
 * A `describe` for stories with real components: `needs('mosquitto')('the broker goes away', () => { ... })`. Where one
 * is absent the stories are skipped and the title says why; with TILLWIRE_REQUIRE=all they fail instead.
 */
export function needs(...components: readonly ComponentName[]): (title: string, stories: () => void) => void {
  const reasons = components.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length === 0) return (title, stories) => void describe(title, stories);
  const why = reasons.join('; ');
  if (process.env['TILLWIRE_REQUIRE'] !== 'all') {
    return (title, stories) => void describe.skip(`${title} [skipped: ${why}]`, stories);
  }
  return (title) =>
    void describe(title, () => {
      it('finds what it needs on this machine', () => {
        throw new Error(`${why}; TILLWIRE_REQUIRE=all forbids the skip`);
      });
    });
}
