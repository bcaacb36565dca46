import { PAYS } from '../acquirer/customer.ts';
import type { AgentControl } from '../scenarios/agent-control.ts';
import { catalogue, scenarioNamed } from '../scenarios/catalogue.ts';
import { play } from '../scenarios/play.ts';
import { wrongLine } from '../scenarios/report.ts';
import { parseScenario, type Scenario, ScenarioError } from '../scenarios/scenario.ts';
import type { LabCounter } from './counter.ts';
import { withFreshOrders } from './fresh-orders.ts';
import { Refusal } from './problems.ts';
import type { Sections } from './schemas.ts';

/** Plays stories at the counter, one at a time, with the till that is there. */
export class StoryPlayer {
  readonly #counter: LabCounter;
  #playing: string | undefined;
  #last: Sections['story']['last'] = null;
  #count = 0;

  constructor(counter: LabCounter) {
    this.#counter = counter;
  }

  get isPlaying(): boolean {
    return this.#playing !== undefined;
  }

  view(): Sections['story'] {
    return { playing: this.#playing ?? null, deeds: this.#counter.deeds.list.length, last: this.#last };
  }

  /** Begins; how it ends is told later. */
  begin(wish: { readonly name?: string | undefined; readonly scenario?: unknown }): void {
    if (this.#playing !== undefined) throw new Refusal('STORY_PLAYS');
    const scenario = wish.scenario === undefined ? known(wish.name) : parsed(wish.scenario);
    this.#count += 1;
    const suffix = `-${(Math.floor(this.#counter.stage.clock.now() / 1_000) % 1_000_000).toString(36).toUpperCase()}${this.#count}`;
    this.#playing = scenario.name;
    void this.#play(withFreshOrders(scenario, suffix)).finally(() => {
      this.#playing = undefined;
      this.#counter.changed();
    });
  }

  async #play(scenario: Scenario): Promise<void> {
    const { stage, shop } = this.#counter;
    const { name, title } = scenario;
    this.#counter.tell('person', 'deed', { zh: `重放剧情：${title.zh}`, en: `A story is played: ${title.en}` });
    shop.acquirer.everybody = PAYS;
    stage.control ??= FOREIGN_TILL;
    const { ok, wrong } = await play(scenario, stage, shop.printer.profile.dots);
    this.#last = { name, ok, wrong: wrong.map((one) => wrongLine(one).trim()).slice(0, MOST_WRONG) };
    this.#counter.tell('person', ok ? 'good' : 'bad', {
      zh: ok ? '剧情如预期结束' : '剧情没有如预期结束',
      en: ok ? 'The story ended as it should' : 'The story did not end as it should',
    });
  }
}

const MOST_WRONG = 20;

/** A till that somebody else started: it cannot be killed from here, and its log is not ours. */
const FOREIGN_TILL: AgentControl = {
  isUp: true,
  log: '',
  start: () => Promise.reject(new Error('this till was not started by the lab')),
  end: () => Promise.reject(new Error('this till was not started by the lab')),
  second: () => Promise.reject(new Error('this till was not started by the lab')),
};

function known(name: string | undefined): Scenario {
  const found = name === undefined ? undefined : scenarioNamed(name);
  if (!found) throw new Refusal('NO_STORY', name);
  return found;
}

function parsed(json: unknown): Scenario {
  try {
    return parseScenario(json, 'story');
  } catch (error) {
    if (error instanceof ScenarioError) throw new Refusal('BAD_STORY', error.message);
    throw error;
  }
}

/** The catalogue, for whoever wants to choose. */
export function storyList() {
  return catalogue().map(({ name, title, covers }) => ({ name, title, covers }));
}
