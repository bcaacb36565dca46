import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { Request } from '../../protocols/backend/requests.ts';
import { showCode, type Wallet } from '../../simulator/devices/phone.ts';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { AgentProcess, eventually, tillFolder } from './agent-process.ts';

/** The longest an attempt may be unsure (Alipay gives up after 60 s and reverses), and starts in between. */
const FINAL_WITHIN_MS = 150_000;
const AMOUNT_FEN = 1250;

/** One counter in trouble: a shop whose agent, broker or cables fail, and what must be true of its sales at the end. */
export class TroubledCounter {
  readonly shop: Shop;
  readonly requests: Request[] = [];
  readonly #place: ReturnType<typeof tillFolder>;
  /** acknowledged to somebody outside: events by sequence number, commands by id */
  readonly #acknowledged = new Set<string>();
  readonly #codes: string[] = [];
  readonly #wallet: Wallet;
  readonly #removePorts: () => void;
  #hoped: { readonly fact: 'requested' | 'printed'; readonly resolve: () => void } | undefined;
  agent: AgentProcess | undefined;

  static async open(agent: string, wallet: Wallet = 'alipay'): Promise<TroubledCounter> {
    // a cable that comes back has another number and the same name, as under /dev/serial/by-id
    const portFolder = mkdtempSync(join(tmpdir(), 'tillwire-ports-'));
    const till = { tenant: 'demo', store: 'trouble', agent };
    const shop = await Shop.open({ till, paper: 58, clock: systemClock, portFolder });
    return new TroubledCounter(shop, wallet, () => rmSync(portFolder, { recursive: true }));
  }

  private constructor(shop: Shop, wallet: Wallet, removePorts: () => void) {
    this.#removePorts = removePorts;
    this.shop = shop;
    this.#wallet = wallet;
    this.#place = tillFolder(shop);
    shop.backend.onRequest = (_till, request) => {
      this.requests.push(request);
      this.#happened('requested');
    };
    shop.onSlip = () => this.#happened('printed');
    shop.onEvent = ({ id }) => this.#acknowledged.add(id);
  }

  /** A new process; resolves when its devices are open, or when it was killed before that. */
  async start(): Promise<void> {
    const agent = new AgentProcess(this.#place.configFile);
    this.agent = agent;
    const connected = Promise.all([agent.said('gun connected'), agent.said('printer connected')]);
    await Promise.race([connected, agent.ended]);
  }

  async kill(): Promise<void> {
    await this.agent?.kill('SIGKILL');
  }

  /** Resolves when this happens next; no longer than a sale may take, so that no story hangs on it. */
  when(fact: 'scanned' | 'requested' | 'printed'): Promise<void> {
    if (fact === 'scanned') return Promise.resolve();
    return new Promise((resolve) => {
      this.#hoped = { fact, resolve };
      setTimeout(resolve, 2_000).unref();
    });
  }

  #happened(fact: 'requested' | 'printed'): void {
    if (this.#hoped?.fact === fact) this.#hoped.resolve();
  }

  /** A customer shows a fresh code; nobody promises that anybody listens. */
  scan(): void {
    const code = showCode(this.#wallet, Math.random);
    this.#codes.push(code);
    void this.shop.gun.scan(code);
  }

  /** Asks for an order until the till has taken it. */
  async order(orderId: string): Promise<string> {
    const { backend, till } = this.shop;
    const command = backend.draft({ orderId, amountFen: AMOUNT_FEN, validForMs: 600_000 });
    for (;;) {
      const answer = await backend.command(till, command).catch(() => undefined);
      if (answer?.status === 'failed') throw new Error(`${orderId} was refused: ${answer.code}`);
      if (answer) {
        this.#acknowledged.add(command.id);
        this.#commands.set(command.id, command);
        return command.id;
      }
    }
  }
  readonly #commands = new Map<string, ReturnType<Shop['backend']['draft']>>();

  /** Goes on showing codes and asking for the answer until the order is settled. */
  async settled(commandId: string): Promise<CommandResult> {
    const { backend, till } = this.shop;
    const command = this.#commands.get(commandId);
    if (!command) throw new Error(`${commandId} was never accepted`);
    for (const until = Date.now() + FINAL_WITHIN_MS; Date.now() < until; ) {
      const known = backend.resultsOf(commandId).find(({ phase }) => phase === 'final');
      if (known) return known;
      this.scan();
      const next = await backend.finalOf(commandId, 2_000).catch(() => undefined);
      if (next) return next;
      await backend.command(till, command).catch(() => undefined);
    }
    throw new Error(
      `${commandId} has no end after ${FINAL_WITHIN_MS / 1000} s\n${this.agent?.text.slice(-30).join('\n')}`,
    );
  }

  /** What must hold for every paid order, whatever happened on the way. */
  async audit(orders: readonly string[]): Promise<void> {
    await eventually('every slip is settled', () => this.#slipsSettled()).catch((error: unknown) => {
      throw new Error(this.agent?.text.slice(-40).join('\n'), { cause: error });
    });
    // `sent` is said when the bytes have left; the printer's head takes its time
    await eventually(
      'the paper',
      () => this.#claimedSlips().every((id) => this.#originals(id).length > 0),
      60_000,
    ).catch(() => undefined);
    await this.agent?.kill('SIGTERM');
    const journal = this.#journal();
    for (const orderId of orders) this.#auditOrder(orderId);
    for (const id of this.#acknowledged) expect(journal, `${id} was acknowledged`).toContain(id);
    for (const { attemptId } of this.requests) expect(journal, 'spoken of before it was written').toContain(attemptId);
    for (const code of this.#codes) expect(`${journal}${this.agent?.text.join('')}`).not.toContain(code);
  }

  #auditOrder(orderId: string): void {
    const { ledger } = this.shop.acquirer;
    expect(ledger.ofOrder(orderId).netFen, orderId).toBe(AMOUNT_FEN);
    const attempts = new Set(this.requests.filter((request) => request.orderId === orderId).map((it) => it.attemptId));
    for (const attemptId of attempts) {
      const pays = this.requests.filter((request) => request.attemptId === attemptId && request.op === 'pay');
      expect(pays.length, `pay requests of ${attemptId}`).toBeLessThanOrEqual(1);
      const { charges, reversals } = ledger.ofAttempt(attemptId);
      const slips = this.#originals(attemptId);
      expect(slips.length, `original slips of ${attemptId}`).toBeLessThanOrEqual(charges - reversals);
      if (this.#claims(attemptId).at(-1) === 'sent')
        expect(slips.length, `slip of ${attemptId}: ${this.#evidence(attemptId)}`).toBe(1);
    }
  }

  /** Slips on paper that name the attempt and carry no mark. The QR code holds the id in one piece. */
  #originals(attemptId: string): Uint8Array[] {
    return this.shop.slips.filter((slip) => {
      const text = Buffer.from(slip).toString('latin1');
      return text.includes(attemptId) && !text.includes('DUPLICATE');
    });
  }

  #claims(attemptId: string): string[] {
    return this.shop.backend
      .eventsOf(this.shop.till)
      .flatMap(({ data }) => (data.type === 'slip' && data.attemptId === attemptId ? [data.state] : []));
  }

  /** For whoever has to find out: what was claimed, and what lies beside the printer. */
  #evidence(attemptId: string): string {
    const events = this.shop.backend.eventsOf(this.shop.till);
    const claims = events.filter(({ data }) => data.type === 'slip' && data.attemptId === attemptId);
    const papers = this.shop.slips.map((slip) => Buffer.from(slip).toString('latin1'));
    const seen = papers.map((text) => ({
      bytes: text.length,
      names: text.includes(attemptId),
      marked: text.includes('DUPLICATE'),
    }));
    return JSON.stringify({ claims: claims.map(({ data }) => data), seen });
  }

  #claimedSlips(): string[] {
    const attempts = new Set(this.requests.map(({ attemptId }) => attemptId));
    return [...attempts].filter((attemptId) => this.#claims(attemptId).at(-1) === 'sent');
  }

  #slipsSettled(): boolean {
    const paid = this.shop.backend
      .eventsOf(this.shop.till)
      .flatMap(({ data }) => (data.type === 'attempt' && data.state === 'PAID' ? [data.attemptId] : []));
    return paid.every((attemptId) => /sent|unknown/.test(this.#claims(attemptId).at(-1) ?? ''));
  }

  #journal(): string {
    const folder = join(this.#place.folder, 'data', 'journal');
    const segments = readdirSync(folder).filter((name) => name.startsWith('journal-'));
    return segments.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  }

  async close(): Promise<void> {
    await this.kill();
    await this.shop.close();
    this.#place.remove();
    this.#removePorts();
  }
}

/** A random whole number of milliseconds, each time another one; the seed is in the test's title. */
export function moments(seed: number): (most: number) => Promise<void> {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return new Promise((resolve) => setTimeout(resolve, ((state >>> 8) / 2 ** 24) * most));
  };
}
