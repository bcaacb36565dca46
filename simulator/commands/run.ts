import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { catalogue, readScenario, scenarioNamed } from '../scenarios/catalogue.ts';
import type { Played } from '../scenarios/play.ts';
import { junitOf, storyLine, storyOf, wrongLine } from '../scenarios/report.ts';
import { playAll, playInProcesses } from '../scenarios/run.ts';
import { type Scenario, ScenarioError } from '../scenarios/scenario.ts';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
  readonly jobs: string;
  readonly story?: boolean;
}

/** Two: a story costs two processes while they start, and waits most of its time. */
const JOBS = '2';
const MOST_JOBS = 32;

/** `tillwire-sim run`: plays stories with real agent processes. */
export function registerRun(program: Command, exit: Exit, agentProgram: string): void {
  program
    .command('run [scenario...]')
    .description('play stories against real agent processes: names of the catalogue, or files')
    .option('--all', 'the whole catalogue')
    .option('--json', 'one JSON value on standard output')
    .option('--junit <file>', 'write a JUnit report there')
    .option('--jobs <number>', 'stories side by side', JOBS)
    .option('--story', 'tell each story line by line while it happens')
    .addHelpText(
      'after',
      '\nExample:\n  tillwire-sim run answer-lost paper-out --junit report.xml\n  tillwire-sim run my-story.json --story\n',
    )
    .action(async (names: readonly string[], options: Options) => {
      exit.code = await run(names, options, agentProgram);
    });
}

async function run(names: readonly string[], options: Options, agentProgram: string): Promise<number> {
  const scenarios = chosen(names, options);
  if (typeof scenarios === 'string') return refuse(scenarios);
  const jobs = Number(options.jobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) return refuse(`--jobs is 1 to ${MOST_JOBS}`);
  const say = options.json ? (text: string) => console.error(text) : (text: string) => console.log(text);
  const playOne = (scenario: Scenario) =>
    playInProcesses(
      scenario,
      agentProgram,
      options.story ? (line) => say(`${scenario.name} ${storyLine(line)}`) : undefined,
    );
  const played = await playAll(scenarios, jobs, playOne, (one, scenario) => say(told(one, scenario, options)));
  const failed = played.filter(({ ok }) => !ok).length;
  say(`${played.length - failed} passed, ${failed} failed`);
  if (options.json) console.log(JSON.stringify(jsonOf(played, scenarios)));
  if (options.junit !== undefined) writeFileSync(options.junit, junitOf(played, scenarios));
  return failed === 0 ? 0 : 1;
}

function chosen(names: readonly string[], { all }: Options): readonly Scenario[] | string {
  try {
    if (all) return names.length === 0 ? catalogue() : '--all takes no names';
    if (names.length === 0) return 'name a scenario, or say --all; `tillwire-sim scenarios` lists them';
    return names.map((name) => {
      const scenario = name.endsWith('.json') ? readScenario(name) : scenarioNamed(name);
      if (!scenario) throw new ScenarioError(`there is no scenario ${name}; \`tillwire-sim scenarios\` lists them`);
      return scenario;
    });
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}

function told(played: Played, { title }: Scenario, { story }: Options): string {
  const line = `${played.ok ? 'ok    ' : 'FAILED'} ${played.name} (${(played.ms / 1_000).toFixed(1)} s)  ${title.zh} / ${title.en}`;
  if (played.ok) return line;
  return `${line}\n${story ? played.wrong.map(wrongLine).join('\n') : storyOf(played)}`;
}

function jsonOf(played: readonly Played[], scenarios: readonly Scenario[]) {
  return {
    passed: played.filter(({ ok }) => ok).length,
    failed: played.filter(({ ok }) => !ok).length,
    scenarios: played.map(({ name, ok, ms, wrong, story, lastWords }) => ({
      name,
      covers: scenarios.find((scenario) => scenario.name === name)?.covers ?? [],
      ok,
      ms: Math.round(ms),
      wrong,
      story,
      ...(ok ? {} : { lastWords }),
    })),
  };
}

function refuse(reason: string): number {
  console.error(`tillwire-sim run: ${reason}`);
  return 2;
}
