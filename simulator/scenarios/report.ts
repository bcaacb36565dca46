import builder, { type Builder } from 'junit-report-builder';
import type { Played } from './play.ts';
import type { StoryLine } from './shop-record.ts';

// How stories went, for people and for machines.

/** The story line by line, then what was wrong with it. */
export function storyOf({ story, wrong, lastWords }: Pick<Played, 'story' | 'wrong' | 'lastWords'>): string {
  return [...story.map(storyLine), ...wrong.map(wrongLine), 'the last words of the agent:', lastWords].join('\n');
}

export function storyLine({ at, who, what }: StoryLine): string {
  return `${(at / 1_000).toFixed(1).padStart(7)} s  ${who.padEnd(8)} ${what}`;
}

export function wrongLine({ what, expected, seen }: Played['wrong'][number]): string {
  return `  WRONG ${what}: expected ${expected}, seen ${seen}`;
}

/** For CI: one test case for each story. */
export function junitOf(
  played: readonly Played[],
  scenarios: readonly { readonly name: string; readonly title: { readonly en: string } }[],
): string {
  // its types tell of a default export; what it exports is the builder itself
  const report = (builder as unknown as Builder).newBuilder();
  const suite = report.testSuite().name('tillwire scenarios');
  for (const one of played) {
    const title = scenarios.find(({ name }) => name === one.name)?.title.en ?? one.name;
    const test = suite
      .testCase()
      .className(`scenarios.${one.name}`)
      .name(title)
      .time(one.ms / 1_000);
    if (one.ok) continue;
    const [first] = one.wrong;
    test.failure(first === undefined ? 'failed' : wrongLine(first).trim());
    test.standardError(storyOf(one));
  }
  return report.build();
}
