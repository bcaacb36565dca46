import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { renderStream } from '../render/stream.ts';
import { AgentChild } from '../scenarios/agent-control.ts';
import { Child } from './children.ts';
import type { AgentWish, FromShop, ToShop } from './conversation.ts';
import type { RehearsalOptions } from './options.ts';
import { Screen } from './screen.ts';
import { hireStaff } from './staff.ts';

/** Paths of the two programs. */
export interface Programs {
  readonly agent: string;
  readonly shop: string;
}

const TILL = { tenant: 'demo', store: 'store-1', agent: 'till-1' } as const;
/** A cold start on a small machine, with air. */
const START_DEADLINE_MS = 20_000;
/** The longest story of the catalogue, with air. */
const STORY_DEADLINE_MS = 240_000;
/** Exit code of a rehearsal that was ended before its one sale was (128 + SIGINT, as shells have it). */
const INTERRUPTED = 130;
/** Lines of the agent's log that are shown when a sale did not come about. */
const LAST_WORDS = 8;
const WRONG_USAGE = 2;
/** How often to see whether the parent is still there. */
const PARENT_LOOK_MS = 250;

type Sold = Extract<FromShop, { kind: 'sold' }>;

/** Plays the rehearsal; resolves with the exit code once both processes are gone. */
export async function rehearse(options: RehearsalOptions, programs: Programs): Promise<number> {
  const unwritable = options.out === undefined ? undefined : whyUnwritable(options.out);
  if (unwritable !== undefined) {
    console.error(`npm start: --out ${options.out}: ${unwritable}`);
    return WRONG_USAGE;
  }
  const screen = new Screen();
  const stop = stopAsked(!options.once);
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  const rehearsal = new Rehearsal(options, programs, screen, folder);
  try {
    const outcome = await Promise.race([rehearsal.play(), stop]);
    if (outcome === 'stop') return options.once ? INTERRUPTED : 0;
    if (outcome !== 0 || options.once) return outcome;
    const open = await Promise.race([rehearsal.openPage(), stop]);
    if (open === 'stop') return 0;
    screen.line('', 'both programs stay up; Ctrl-C ends them');
    return await Promise.race([rehearsal.broken, stop.then(() => 0)]);
  } catch (error) {
    console.error(`npm start: ${error instanceof Error ? error.message : String(error)}`);
    console.error(rehearsal.lastWords());
    return 1;
  } finally {
    await rehearsal.end();
    process.stdin.pause();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #programs: Programs;
  readonly #screen: Screen;
  readonly #folder: string;
  readonly #children: Child[] = [];
  readonly #logFd: number;
  readonly #logFile: string;
  /** the one that is meant to be up */
  #agent: Child | undefined;
  #ending = false;
  #labUrl: string | undefined;
  readonly #over = new AbortController();
  #tellBroken: (code: number) => void = () => undefined;
  /** resolves when one of the programs ended by itself */
  readonly broken: Promise<number>;

  constructor(options: RehearsalOptions, programs: Programs, screen: Screen, folder: string) {
    this.#options = options;
    this.#programs = programs;
    this.#screen = screen;
    this.#folder = folder;
    this.#logFile = join(folder, 'agent.log');
    this.#logFd = openSync(this.#logFile, 'w', 0o600);
    this.broken = new Promise((resolve) => {
      this.#tellBroken = resolve;
    });
  }

  async play(): Promise<number> {
    const { yuan, wallet, scenario, out } = this.#options;
    const { paper = this.#options.paper } = scenario.place ?? {};
    this.#screen.line('', `rehearsal: ${scenario.name} / ${scenario.title.zh} / ${scenario.title.en}`);
    const shop = this.#start(
      'shop',
      this.#programs.shop,
      [
        'shop',
        '--paper',
        String(paper),
        '--ports',
        this.#folder,
        '--till',
        Object.values(TILL).join('/'),
        '--scenario',
        scenario.name,
        ...(this.#options.once ? ['--no-lab'] : []),
      ],
      undefined,
    );
    const open = await this.#hear(shop, 'open');
    this.#labUrl = open.labUrl;
    this.#screen.line('shop', `open: broker ${open.brokerUrl}, gun ${open.gunPath}, printer ${open.printerPath}`);
    writeFileSync(this.#configFile, JSON.stringify(open.config, undefined, 2));
    const online = this.#hearOnline(shop);
    this.#startAgent();
    await online;
    this.#screen.line('agent', 'online');
    const order: ToShop = {
      kind: 'sell',
      scenario: scenario.name,
      ...(yuan === undefined ? {} : { yuan }),
      ...(wallet === undefined ? {} : { wallet }),
      logFile: this.#logFile,
    };
    const sold = this.#hear(shop, 'sold', STORY_DEADLINE_MS);
    shop.process.on('message', (message: FromShop) => this.#serve(shop, message));
    shop.process.send(order);
    return this.#show(await sold, out);
  }

  /** What the shop tells of its story, and what it wishes of the agent. */
  #serve(shop: Child, message: FromShop): void {
    if (message.kind === 'news') this.#screen.line(message.line.who, message.line.what);
    if (message.kind !== 'wish') return;
    const { wish } = message;
    void this.#grant(wish).then((said) =>
      shop.process.send({ kind: 'done', wish, ...(said === undefined ? {} : { said }) } satisfies ToShop),
    );
  }

  async #grant(wish: AgentWish): Promise<string | undefined> {
    if (wish === 'start') this.#startAgent();
    else if (wish === 'second') return new AgentChild(this.#programs.agent, this.#configFile).second();
    else {
      const agent = this.#agent;
      this.#agent = undefined;
      await agent?.stop(wish);
    }
    return undefined;
  }

  #startAgent(): void {
    this.#agent = this.#start('agent', this.#programs.agent, ['agent', '--config', this.#configFile], this.#logFd);
  }

  /** People for the page, and where it is. What does not come about is told; the shop stays open. */
  async openPage(): Promise<void> {
    const url = this.#apiUrl();
    if (url === undefined) return this.#screen.line('', 'local API: not open');
    const till = { program: this.#programs.agent, configFile: this.#configFile, url, signal: this.#over.signal };
    try {
      const { people, address } = await hireStaff(till);
      this.#screen.line('page', `收银页面 / the clerk's page: ${address}`);
      this.#screen.line('', 'it signs the clerk in once, within 15 minutes; afterwards with a PIN:');
      for (const { name, role, pin } of people) this.#screen.line('', `${role.padEnd(8)} ${name}  PIN ${pin}`);
    } catch (error) {
      if (this.#ending) return;
      this.#screen.line(
        'page',
        `${url} (nobody can sign in: ${error instanceof Error ? error.message : String(error)})`,
      );
    }
    if (this.#labUrl !== undefined) {
      const [shop] = this.#children;
      shop?.process.send({ kind: 'clerk-page', url } satisfies ToShop);
      this.#screen.line('lab', `模拟门店 / the lab page: ${this.#labUrl}`);
    }
    this.#screen.line('', `local API: ${url} (tokens: tillwire token create --config ${this.#configFile})`);
    await this.#showTerminal();
  }

  async #showTerminal(): Promise<void> {
    const { terminal } = this.#options;
    const [shop] = this.#children;
    if (terminal === undefined || !shop || this.#ending) return;
    const told = this.#hear(shop, 'told-terminal');
    shop.process.send({ kind: 'terminal', state: terminal } satisfies ToShop);
    this.#screen.line('backend', `${terminal}: ${(await told).code}`);
  }

  /** Where the agent says that it can be called. */
  #apiUrl(): string | undefined {
    try {
      const file = join(this.#folder, 'data', 'console', 'address.json');
      const { url } = JSON.parse(readFileSync(file, 'utf8')) as { readonly url?: unknown };
      return typeof url === 'string' ? url : undefined;
    } catch {
      return undefined;
    }
  }

  get #configFile(): string {
    return join(this.#folder, 'till.json');
  }

  /** The end of the agent's log: why a sale did not come about stands there. */
  lastWords(): string {
    const lines = readFileSync(join(this.#folder, 'agent.log'), 'utf8').trimEnd().split('\n');
    return lines.slice(-LAST_WORDS).join('\n');
  }

  /** Ends both programs and keeps the log. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#over.abort();
    await Promise.all(this.#children.map((child) => child.stop()));
    closeSync(this.#logFd);
    if (this.#options.out !== undefined)
      copyFileSync(join(this.#folder, 'agent.log'), join(folderFor(this.#options.out), 'agent.log'));
  }

  #start(name: string, program: string, args: readonly string[], logFd: number | undefined): Child {
    const child: Child = new Child(name, program, args, logFd, (how) => {
      if (this.#ending || (name === 'agent' && this.#agent !== child)) return;
      console.error(how);
      this.#tellBroken(1);
    });
    this.#children.push(child);
    return child;
  }

  /** The shop's next message of a kind; rejects when the shop says that it failed, ends, or takes too long. */
  #hear<K extends FromShop['kind']>(
    shop: Child,
    kind: K,
    withinMs = START_DEADLINE_MS,
  ): Promise<Extract<FromShop, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the shop did not say "${kind}" within ${withinMs / 1000} s`)),
        withinMs,
      );
      timer.unref(); // it must not keep a rehearsal that was called off
      void this.broken.then(() => reject(new Error('a program ended by itself')));
      const listen = (message: FromShop) => {
        if (message.kind !== kind && message.kind !== 'failed') return;
        clearTimeout(timer);
        shop.process.off('message', listen);
        if (message.kind === 'failed') reject(new Error(message.reason));
        else resolve(message as Extract<FromShop, { kind: K }>);
      };
      shop.process.on('message', listen);
    });
  }

  async #hearOnline(shop: Child): Promise<void> {
    while ((await this.#hear(shop, 'agent')).state !== 'online');
  }

  #show({ report, wrong, slip }: Sold, out: string | undefined): number {
    const bytes = slip === null ? undefined : Buffer.from(slip, 'base64');
    const picture = bytes && renderStream(bytes, genericProfile(this.#options.paper));
    if (picture) console.log(`\n${indent(picture.text())}\n`);
    const { charges, reversals, netFen } = report.ledger;
    this.#screen.line('ledger', `charges ${charges}, reversals ${reversals}, net ${netFen} fen`);
    if (out !== undefined) {
      const folder = folderFor(out);
      writeFileSync(join(folder, 'result.json'), `${JSON.stringify(report, undefined, 2)}\n`);
      if (bytes && picture) {
        writeFileSync(join(folder, 'slip.bin'), bytes);
        writeFileSync(join(folder, 'slip.png'), picture.png());
        writeFileSync(join(folder, 'slip.txt'), picture.text());
      }
      this.#screen.line('', `files in ${folder}`);
    }
    for (const line of wrong) console.error(`not as the scenario has it: ${line}`);
    this.#screen.line('', wrong.length === 0 ? `${report.state}: as the scenario has it` : `${report.state}: WRONG`);
    return wrong.length === 0 ? 0 : 1;
  }
}

/** Known before the sale, not after it. */
function whyUnwritable(out: string): string | undefined {
  try {
    accessSync(folderFor(out), constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function folderFor(out: string): string {
  mkdirSync(out, { recursive: true });
  return out;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      │ ${line}`.trimEnd())
    .join('\n');
}

/**
 * Ctrl-C, a kill, the end of the parent (npm dies of a signal without a word to what it started), or, for a rehearsal that
 * stays, the end of the terminal or pipe that started it. An input that never was one (/dev/null) says nothing.
 */
function stopAsked(stays: boolean): Promise<'stop'> {
  return new Promise((resolve) => {
    const stop = () => resolve('stop');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    process.stdout.once('error', stop);
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || stop(), PARENT_LOOK_MS).unref();
    if (!stays || !canEnd(0)) return;
    process.stdin.once('end', stop).once('error', stop).resume();
  });
}

/** Is standard input a pipe, a socket or a terminal? */
function canEnd(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket() || process.stdin.isTTY;
  } catch {
    return false;
  }
}
