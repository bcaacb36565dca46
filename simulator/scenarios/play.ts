import type { Device } from '../../protocols/backend/topics.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { showCode, WALLETS } from '../devices/phone.ts';
import { BackendSteps } from './backend-steps.ts';
import { CardSteps } from './card-steps.ts';
import { ClerkAtTheTill } from './clerk.ts';
import { ClerkEye } from './clerk-eye.ts';
import type { Expectations } from './expectations.ts';
import { compare, isSo, type Wrong } from './judge.ts';
import { PlanOfVisit } from './plan.ts';
import { actorOf, lineOf, type Scenario, USUAL } from './scenario.ts';
import { ShopRecord, type StoryLine } from './shop-record.ts';
import type { Stage } from './stage.ts';
import { type Step, type StepOf, WRONG_CODES } from './steps.ts';
import { FIRST_ORDER, fenOf, msOf } from './terms.ts';
import { agree, deadlineOf } from './told.ts';

/** How a story went. */
export interface Played {
  readonly name: string;
  readonly ok: boolean;
  /** what was expected and not seen; a step that did not come about is one of them */
  readonly wrong: readonly Wrong[];
  readonly story: readonly StoryLine[];
  readonly ms: number;
  readonly record: ShopRecord;
  /** the end of the agent's log */
  readonly lastWords: string;
}

const LAST_WORDS = 12;

/** Time behind the end in which a second slip, a late charge or a second attempt would show. */
const AFTERMATH_MS = 400;
const CRLF = [0x0d, 0x0a];
/** A till that has come up is online and sees its devices within this. */
const READY_MS = 60_000;
const LOOK_MS = 50;

/** Plays a story on a stage whose agent is up, and holds what came of it against what was expected. */
export async function play(
  scenario: Scenario,
  stage: Stage,
  dots: number,
  onLine: (line: StoryLine) => void = () => undefined,
): Promise<Played> {
  const record = new ShopRecord(stage, dots);
  record.onLine = onLine;
  const began = stage.clock.mono();
  const player = new Player(scenario, stage, record);
  const wrong: Wrong[] = [];
  try {
    await player.open();
    for (const [index, step] of scenario.steps.entries()) {
      const failed = await player.step(step).then(() => undefined, reasonOf);
      if (failed === undefined) continue;
      wrong.push({ what: `step ${index + 1}: ${lineOf(step)}`, expected: 'to come about', seen: failed });
      break;
    }
    wrong.push(...(await player.end(wrong.length > 0)));
  } catch (error) {
    wrong.push({ what: 'the stage', expected: 'to stand', seen: reasonOf(error) });
  } finally {
    player.close();
  }
  const { name } = scenario;
  const lastWords = stage.agent.log.trimEnd().split('\n').slice(-LAST_WORDS).join('\n');
  return {
    name,
    ok: wrong.length === 0,
    wrong,
    story: record.story,
    ms: stage.clock.mono() - began,
    record,
    lastWords,
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

class Player {
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #record: ShopRecord;
  readonly #eye: ClerkEye;
  readonly #clerk: ClerkAtTheTill;
  readonly #cards: CardSteps;
  readonly #backend: BackendSteps;
  readonly #visit = new PlanOfVisit();
  /** what the customer holds before the gun */
  #code = '';
  readonly #codes = new Set<string>();

  constructor(scenario: Scenario, stage: Stage, record: ShopRecord) {
    this.#scenario = scenario;
    this.#stage = stage;
    this.#record = record;
    this.#eye = new ClerkEye(stage, record);
    this.#clerk = new ClerkAtTheTill(stage, record);
    this.#cards = new CardSteps(stage);
    this.#cards.begin(scenario);
    this.#backend = new BackendSteps(scenario, stage, record);
  }

  /** The till has come up: it is online and sees gun and printer, and the clerk looks at it. */
  async open(): Promise<void> {
    const { devices } = this.#record;
    const all = ['scanner', 'printer', ...(this.#scenario.place?.terminal === undefined ? [] : ['terminal'])];
    const isReady = () => this.#record.online && all.every((device) => devices.get(device as Device) === 'online');
    await this.#stage.until(`the till online, with ${all.join(', ')}`, isReady, READY_MS);
    await this.#watch();
  }

  close(): void {
    this.#eye.close();
    this.#cards.end();
  }

  /** Waits for everything that is expected, then a moment longer, and says what is wrong. */
  async end(isBroken: boolean): Promise<readonly Wrong[]> {
    const { expect, within = USUAL.within } = this.#scenario;
    const look = () => compare({ journal: {}, ...expect }, { stage: this.#stage, record: this.#record });
    if (!isBroken) {
      await this.#stage.until('', () => this.#isSo(expect), msOf(within)).catch(() => undefined);
      await this.#stage.pass(AFTERMATH_MS);
    }
    return [...look(), ...this.#secrets()];
  }

  async step(step: Step): Promise<void> {
    if (!('until' in step)) this.#record.tell(actorOf(step) ?? '', lineOf(step).replace(/^\w+ /, ''));
    if ('clerk' in step) return this.#clerkDoes(step);
    if ('customer' in step) return this.#customer(step);
    if ('phone' in step) return this.#visit.phone(step);
    if ('channel' in step) return this.#visit.channel(step);
    if ('gun' in step) return this.#gun(step);
    if ('printer' in step) return this.#printer(step);
    if ('terminal' in step) return this.#cards.terminal(step);
    if ('pad' in step) return this.#cards.pad(step);
    if ('network' in step) return this.#network(step);
    if ('broker' in step) return this.#stage.network.refuseLogin(step.broker === 'refuses the login');
    if ('backend' in step) return this.#backend.does(step);
    if ('agent' in step) return this.#agent(step);
    if ('journal' in step) return this.#journal(step);
    if ('clock' in step) return this.#clock(step);
    if ('wait' in step) return this.#stage.pass(msOf(step.wait));
    return this.#until(step);
  }

  // --- people

  async #clerkDoes(step: StepOf<'clerk'>): Promise<void> {
    const { yuan = this.#scenario.yuan ?? USUAL.yuan } = 'yuan' in step ? step : {};
    if (step.clerk === 'types the code') this.#come();
    const code = await this.#clerk.does(step, { fen: fenOf(yuan), paycode: this.#code, question: this.#eye.question });
    agree(step.told, code);
  }

  async #customer(step: StepOf<'customer'>): Promise<void> {
    if (step.customer !== 'shows' && step.customer !== 'scans the code of the shop')
      return this.#cards.customer(step.customer, deadlineOf(step));
    const { wallet = this.#scenario.wallet ?? USUAL.wallet } = step;
    if (step.customer === 'shows') {
      const wrong = step.what === undefined ? undefined : WRONG_CODES[step.what];
      if (step.what !== 'the same code again') this.#code = wrong ?? this.#fresh(wallet);
      return;
    }
    const intent = this.#record.intents.get(step.order ?? FIRST_ORDER);
    if (!intent) throw new Error('no code was shown for this order');
    const { channel } = WALLETS[wallet];
    const { pays, hadItOpen: slipsThrough = false } = step;
    const isTaken = this.#stage.acquirer.intents.opens(intent.intentId, {
      wallet: channel,
      slipsThrough,
      ...(pays === undefined ? {} : { paysFen: fenOf(pays) }),
    });
    this.#record.tell('phone', isTaken ? 'pays with the code of the shop' : 'the page takes no payment any more');
  }

  #fresh(wallet: keyof typeof WALLETS): string {
    const code = showCode(wallet, this.#stage.random);
    this.#codes.add(code);
    return code;
  }

  /** The next attempt meets the customer that the story has told of. */
  #come(): void {
    const plan = this.#visit.take();
    if (plan) this.#stage.acquirer.send(plan);
  }

  // --- devices

  async #gun(step: StepOf<'gun'>): Promise<void> {
    const { gun } = this.#stage;
    switch (step.gun) {
      case 'reads': {
        this.#come();
        const { before = '', ending, times = 1, every = '200ms' } = step;
        const end = ending === undefined ? CRLF : (fromHex(ending) ?? []);
        const bytes = Uint8Array.of(...(fromHex(before) ?? []), ...encodeUtf8(this.#code), ...end);
        const isPlain = before === '' && ending === undefined;
        for (let n = 0; n < times; n++) {
          if (n > 0) await this.#stage.pass(msOf(every));
          await (isPlain ? gun.read(this.#code) : gun.say(bytes));
        }
        return;
      }
      case 'reads half':
        return gun.say(encodeUtf8(this.#code.slice(0, step.characters)));
      case 'says':
        return gun.say(fromHex(step.bytes) ?? new Uint8Array());
      case 'is pulled':
        return gun.pull();
      case 'is plugged in':
        return gun.plug();
      default:
        return step satisfies never;
    }
  }

  async #printer(step: StepOf<'printer'>): Promise<void> {
    const { printer } = this.#stage;
    const act = this.#printerDeed(step);
    if ('afterBytes' in step && step.afterBytes !== undefined) printer.afterBytes(step.afterBytes, () => void act());
    else await act();
  }

  #printerDeed({ printer: deed }: StepOf<'printer'>): () => void | Promise<void> {
    const { printer } = this.#stage;
    const { model } = printer;
    const mute = (isMute: boolean) => {
      model.mute = isMute;
    };
    const deeds: Readonly<Record<typeof deed, () => void | Promise<void>>> = {
      'runs out of paper': () => model.change({ paper: 'end' }),
      'gets paper': () => model.change({ paper: 'ok' }),
      'is opened': () => model.change({ cover: 'open' }),
      'is closed': () => model.change({ cover: 'closed' }),
      'is pulled': () => printer.pull(),
      'is plugged in': () => printer.plug(),
      'loses power': () => model.powerOff(),
      'gets power': () => model.powerOn(),
      'says nothing more': () => mute(true),
      'answers again': () => mute(false),
      'takes no bytes': () => printer.stall(true),
      'takes bytes again': () => printer.stall(false),
    };
    return deeds[deed];
  }

  // --- the network

  #network({ network: deed }: StepOf<'network'>): void {
    const { network } = this.#stage;
    if (deed === 'falls') network.fall();
    else if (deed === 'is back') network.back();
    else if (deed === 'is cut for a moment') network.cut();
    else network.swallow();
  }

  // --- the till

  async #agent(step: StepOf<'agent'>): Promise<void> {
    const { agent } = this.#stage;
    switch (step.agent) {
      case 'is killed':
      case 'is told to stop':
        this.#eye.close();
        await (step.agent === 'is killed' ? agent.kill() : agent.stop());
        return this.#record.forgetTill();
      case 'is started':
        await agent.start();
        await this.#watch();
        if (step.ready === false) return;
        return this.#stage.until('gun and printer at the till', () => this.#eye.hasDevices, READY_MS);
      case 'is started a second time':
        return agree(step.told, await agent.second());
      default:
        return step satisfies never;
    }
  }

  /** The clerk looks at the till as soon as its page is there. */
  async #watch(): Promise<void> {
    let trouble = 'no answer';
    const until = this.#stage.clock.mono() + READY_MS;
    while (this.#stage.clock.mono() < until) {
      const failed = await this.#eye.open().then(() => undefined, reasonOf);
      if (failed === undefined) return;
      trouble = failed;
      await this.#stage.pass(LOOK_MS);
    }
    throw new Error(`the till's page: ${trouble}`);
  }

  #journal(step: StepOf<'journal'>): void {
    if (this.#stage.agent.isUp) throw new Error('the journal is damaged while the agent is down');
    if (step.journal === 'loses its last bytes') this.#stage.journal.cut(step.bytes);
    else this.#stage.journal.flip();
  }

  #clock(step: StepOf<'clock'>): void {
    if (step.clock === 'is right') this.#stage.setClock(0);
    else this.#stage.setClock(step.clock === 'is ahead' ? msOf(step.by) : -msOf(step.by));
  }

  async #until(step: StepOf<'until'>): Promise<void> {
    await this.#stage
      .until('', () => this.#isSo(step.until), deadlineOf(step))
      .catch(() => {
        const missing = compare(step.until, { stage: this.#stage, record: this.#record });
        throw new Error(
          missing.map(({ what, expected, seen }) => `${what}: expected ${expected}, seen ${seen}`).join('; '),
        );
      });
  }

  #isSo(expected: Expectations): boolean {
    return isSo(expected, { stage: this.#stage, record: this.#record });
  }

  /** No paycode that was shown stands anywhere but in the pay request. */
  #secrets(): readonly Wrong[] {
    const places = { journal: this.#stage.journal.text(), log: this.#stage.agent.log };
    const papers = this.#record.papers.map(({ text }) => text).join('\n');
    return Object.entries({ ...places, papers }).flatMap(([place, text]) =>
      [...this.#codes]
        .filter((code) => text.includes(code))
        .map((code) => ({ what: `a paycode in the ${place}`, expected: 'none', seen: `${code.slice(0, 2)}...` })),
    );
  }
}
