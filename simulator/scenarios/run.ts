import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentChild } from './agent-control.ts';
import { type Played, play } from './play.ts';
import { ProcessStage } from './process-stage.ts';
import type { Scenario } from './scenario.ts';
import type { StoryLine } from './shop-record.ts';
import { msOf } from './terms.ts';

/** A start is work for the processor, the rest of a story is waiting. */
const STARTS_AT_ONCE = 3;
/** A cold start on a small machine that is busy with others. */
const START_MS = 60_000;

/** Plays one story with a real agent process in a shop of its own. */
export async function playInProcesses(
  scenario: Scenario,
  agentProgram: string,
  onLine?: (line: StoryLine) => void,
): Promise<Played> {
  const started = await STARTS.enter();
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-story-'));
  const stage = await ProcessStage.open(scenario, folder);
  try {
    const configFile = join(folder, 'till.json');
    writeFileSync(configFile, JSON.stringify(stage.config));
    stage.control = new AgentChild(agentProgram, configFile);
    await stage.control.start();
    await stage.until('the till online', () => stage.isReady, START_MS).catch(() => undefined);
    started();
    return await play(scenario, stage, stage.shop.printer.profile.dots, onLine);
  } finally {
    started();
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets so many in at a time. */
class Door {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(free: number) {
    this.#free = free;
  }

  /** Resolves with what lets the next one in. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isOut = false;
    return () => {
      if (isOut) return;
      isOut = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }
}

const STARTS = new Door(STARTS_AT_ONCE);

/** Plays stories side by side, the longest first; `onPlayed` hears of each as it ends. */
export async function playAll(
  scenarios: readonly Scenario[],
  jobs: number,
  playOne: (scenario: Scenario) => Promise<Played>,
  onPlayed: (played: Played, scenario: Scenario) => void,
): Promise<readonly Played[]> {
  const waiting = scenarios.toSorted((a, b) => longestMs(b) - longestMs(a));
  const played: Played[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const one = await playOne(next);
      played.push(one);
      onPlayed(one, next);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return played.toSorted((a, b) => order(scenarios, a) - order(scenarios, b));
}

function order(scenarios: readonly Scenario[], { name }: Played): number {
  return scenarios.findIndex((scenario) => scenario.name === name);
}

/** What its steps may take together: a story that waits long is begun early. */
function longestMs({ steps, within = '10s' }: Scenario): number {
  const waits = steps.map((step) => ('wait' in step ? step.wait : step.within)).filter((one) => one !== undefined);
  return waits.reduce((sum, one) => sum + msOf(one), msOf(within));
}
