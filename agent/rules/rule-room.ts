import { canonicalHash, type Json } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { ConfigArgs, LimitsArgs, ResumeArgs, RuleTableArgs, SuspendArgs } from '../../protocols/backend/verbs.ts';
import type { CommandKeys } from '../backend/command-keys.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import { VerbQueue } from '../backend/verb-queue.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { type Here, withFindings, withLock, withoutLock, withPlaceChecked } from '../payment/terminal-findings.ts';
import type { Settings } from '../payment/terminal-state.ts';
import { type OwnLimits, tightened } from './limits.ts';
import { isLooser, withConfig, withLimits, withTable, withTerminalState } from './rule-changes.ts';
import { tableRefusal } from './rule-tables.ts';
import { terminalEvent } from './terminal-event.ts';

/** How far one unsigned command may put the sequence ahead: it must not lock out the signed ones that come after it. */
const UNSIGNED_STEP = 1_000;

export interface RuleParts {
  readonly book: TillBook;
  readonly keys: Pick<CommandKeys, 'refusal'>;
  readonly results: CommandResults;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly own: OwnLimits;
  /** what the till holds to has changed, and that is on disk */
  readonly onChanged?: (settings: Settings) => void;
  /** what the backend's gates are held against */
  readonly here: Here;
}

/**
 * The verbs `limits`, `suspend`, `resume`, `config` and `rule-table`: what the till holds to. Stricter by anybody's word,
 * looser only by a signed one (product.md 7); an older command than the newest one is refused, however late it comes
 * (order-states.json). And the till's own tightening and findings: they take their turn among them.
 */
export class RuleRoom implements VerbRoom {
  readonly #parts: RuleParts;
  readonly #queue: VerbQueue;
  /** what was found waits for its turn, or for the disk */
  #looking = false;

  constructor(parts: RuleParts) {
    this.#parts = parts;
    this.#queue = new VerbQueue(parts);
  }

  loosens(command: CommandEnvelope): boolean {
    return isLooser(this.#parts.book.settings, this.#after(command), this.#parts.own);
  }

  refuse(command: CommandEnvelope): CommandRefusal | undefined {
    const last = this.#parts.book.settings.commandSeq ?? 0;
    const seq = seqOf(command);
    if (seq <= last) return { code: 'STALE', message: `commandSeq ${last} was here before` };
    if (seq > last + UNSIGNED_STEP && this.#parts.keys.refusal(command))
      return {
        code: 'SIGNATURE_REQUIRED',
        message: `commandSeq ${last} was the last one: unsigned, at most ${UNSIGNED_STEP} more`,
      };
    if (command.type !== 'rule-table') return undefined;
    return tableRefusal(RuleTableArgs.parse(command.args), this.#parts.book.settings);
  }

  execute(command: CommandEnvelope): void {
    const { keys, results } = this.#parts;
    this.#queue.add(command, async () => {
      // Another command may have made the rules stricter since: what would loosen them now must be signed now.
      const unsigned = this.loosens(command) ? keys.refusal(command) : undefined;
      const late = unsigned ?? this.refuse(command);
      if (late) return results.fail(command.id, late);
      await this.#write({ ...this.#after(command), commandSeq: seqOf(command) }, command);
      results.conclude(command.id, this.#done());
    });
  }

  resume(command: CommandEnvelope): void {
    if (this.#parts.book.settings.commandSeq === seqOf(command))
      return this.#parts.results.conclude(command.id, this.#done());
    this.execute(command);
  }

  /** The till makes its own limits stricter, each cause once, until a signed command says otherwise. */
  tighten(cause: string): void {
    const { book, own, newId, boot, backendNow, log } = this.#parts;
    if (book.settings.automatic?.causes.includes(cause)) return;
    this.#queue.add({ id: cause }, async () => {
      const settings = tightened(book.settings, cause, own.tightened, backendNow());
      if (settings === book.settings) return;
      const data = { type: 'settings' as const, hash: hashOf(settings), cause };
      await book.write({ type: 'SETTINGS', settings, event: book.event(data, newId(), boot, backendNow()) });
      log.warn({ cause, limits: settings.automatic }, 'the till has tightened its own limits');
      this.#parts.onChanged?.(settings);
    });
  }

  /** What this till is has changed: it takes its turn among the commands, so that neither writes over the other. */
  look(): void {
    if (this.#looking || !this.#hasNews()) return;
    this.#looking = true;
    this.#queue.add({ id: 'findings' }, async () => {
      if (this.#hasNews()) await this.#writeFindings();
      this.#looking = false;
    });
  }

  /** A person locks this till: clerk, manager or technician. Resolves when it is on disk; rejects when the disk does not take it. */
  lock(personId: string): Promise<void> {
    return this.#changed(personId, (settings) => withLock(settings, this.#parts.backendNow()));
  }

  unlock(personId: string): Promise<void> {
    return this.#changed(personId, withoutLock);
  }

  /** A technician has checked the terminal's place on site. */
  placeChecked(personId: string): Promise<void> {
    return this.#changed(personId, (settings) => withPlaceChecked(settings, this.#parts.here));
  }

  stop(): void {
    this.#queue.stop();
  }

  #hasNews(): boolean {
    const { settings } = this.#parts.book;
    return reasons(this.#found()) !== reasons(settings);
  }

  #found(): Settings {
    const { book, here, backendNow } = this.#parts;
    return withFindings(book.settings, here, backendNow());
  }

  #writeFindings(): Promise<void> {
    return this.#tellFound(this.#found());
  }

  /** In its turn among the commands, and not tried again: the person who asked is told. */
  #changed(personId: string, change: (settings: Settings) => Settings): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.add({ id: personId }, async () => {
        const { settings } = this.#parts.book;
        const after = change(settings);
        if (reasons(after) !== reasons(settings)) await this.#tellFound(after, personId).catch(reject);
        resolve();
      });
    });
  }

  async #tellFound(settings: Settings, personId?: string): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    const by = personId === undefined ? {} : { personId };
    log.warn({ found: settings.found ?? [], ...by }, 'what this till found about itself has changed');
    const event = book.event({ ...terminalEvent(settings), ...by }, newId(), boot, backendNow());
    await book.write({ type: 'SETTINGS', settings, event });
    this.#parts.onChanged?.(settings);
  }

  #after(command: CommandEnvelope): Settings {
    const { book, here, backendNow } = this.#parts;
    return withFindings(settingsAfter(book.settings, command), here, backendNow());
  }

  async #write(settings: Settings, { id, type, by }: CommandEnvelope): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    const { commandSeq = 0, tables: _long, ...told } = settings;
    const data = { type: 'settings' as const, hash: hashOf(settings), commandId: id, commandSeq };
    await book.write({ type: 'SETTINGS', settings, event: book.event(data, newId(), boot, backendNow()) });
    log.warn({ verb: type, by, commandSeq, settings: told }, 'the rules of this till have changed');
    this.#parts.onChanged?.(settings);
  }

  #done() {
    const { settings } = this.#parts.book;
    return { status: 'ok', code: 'RULES_CHANGED', data: { hash: hashOf(settings) } } as const;
  }
}

const CHANGES: Readonly<Record<string, (settings: Settings, args: CommandEnvelope['args']) => Settings>> = {
  limits: (settings, args) => withLimits(settings, LimitsArgs.parse(args)),
  suspend: (settings, args) => withTerminalState(settings, SuspendArgs.parse(args)),
  resume: (settings, args) => withTerminalState(settings, ResumeArgs.parse(args)),
  config: (settings, args) => withConfig(settings, ConfigArgs.parse(args)),
  'rule-table': (settings, args) => withTable(settings, RuleTableArgs.parse(args)),
};

function settingsAfter(settings: Settings, { type, args }: CommandEnvelope): Settings {
  return CHANGES[type]?.(settings, args) ?? settings;
}

function seqOf({ args }: CommandEnvelope): number {
  return Number(args['commandSeq']);
}

function reasons({ found = [] }: Settings): string {
  return found.map(({ state, reasonCode, foundAt }) => `${state} ${reasonCode} ${foundAt}`).join();
}

function hashOf(settings: Settings): string {
  return canonicalHash(settings as unknown as Json);
}
