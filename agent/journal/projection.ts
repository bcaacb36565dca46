import { rmSync } from 'node:fs';
import Database from 'libsql';
import { ATTEMPT_STATES, type AttemptStateName } from '../../protocols/backend/attempt-events.ts';
import { PAY_CHANNELS, type PayChannel } from '../../protocols/backend/fields.ts';
import type { IntentStateName } from '../../protocols/backend/intents.ts';
import { endOfHold, HOLD_ENDS, type HoldEnd } from '../payment/hold.ts';
import type { Resolution } from '../refunds/resolution.ts';
import { isInLog, type Mark } from './checkpoint.ts';
import { type Doubt, doubtOf, endOfDoubt, intentDoubt, isSettled } from './doubt.ts';
import type { Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { type AttemptRecord, fromJournal, type TillRecord } from './records.ts';
import { readLog } from './recovery.ts';
import { BEGINNING, type Place, segmentsOf } from './segments.ts';

// What people search: payments by day, order, amount, channel. Made from the log and never read back into it: deleted,
// damaged or of another log, it is made again. Nothing waits for it: it catches up when somebody asks.

/** Changes with the tables: an older projection is thrown away. */
const SCHEMA = 4;
const TABLES = `
  CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE attempts (
    attemptId TEXT PRIMARY KEY, orderId TEXT NOT NULL, day TEXT NOT NULL, startedAt INTEGER NOT NULL,
    amountFen INTEGER NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, category TEXT NOT NULL,
    transactionId TEXT, seq INTEGER NOT NULL, hash TEXT NOT NULL);
  CREATE TABLE doubts (attemptId TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, category TEXT NOT NULL);
  CREATE TABLE wishes (orderId TEXT PRIMARY KEY, personId TEXT NOT NULL);
  CREATE INDEX attemptsByDay ON attempts (day, startedAt);
  CREATE INDEX attemptsByOrder ON attempts (orderId);
  CREATE INDEX attemptsByAmount ON attempts (amountFen);
  CREATE TABLE mentions (orderId TEXT NOT NULL, seq INTEGER NOT NULL, segment INTEGER NOT NULL,
    offset INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (orderId, seq)) WITHOUT ROWID;`;
const ENTRIES_PER_TRANSACTION = 5_000;
const BUSY_MS = 5_000;
/** Rows of one answer. */
export const LIST_LIMIT = 1_000;

/** Attempts of holds end REVERSED and are told by their category: who looks for payments that were taken back finds none of them. */
const STATE_TEST = `? = CASE WHEN state = 'REVERSED' AND category IN (${HOLD_ENDS.map((end) => `'${end}'`).join(', ')})
  THEN category ELSE state END`;

/** What can be asked for: states of attempts, of codes that customers scan, and how a hold ended. */
export const SOUGHT_STATES = [
  ...ATTEMPT_STATES,
  'WAITING',
  'EXPIRED',
  'CLOSED',
  'DISPUTED',
  ...HOLD_ENDS,
] as const satisfies readonly (AttemptStateName | IntentStateName | HoldEnd)[];
/** A code that customers scan, which no channel has paid yet. */
const NO_CHANNEL = 'INTENT';
export const SOUGHT_CHANNELS = [...PAY_CHANNELS, NO_CHANNEL] as const;

/** A payment as the list shows it. */
export interface AttemptRow {
  readonly attemptId: string;
  readonly orderId: string;
  /** Chinese time, YYYY-MM-DD */
  readonly day: string;
  /** wall clock of the till, Unix ms */
  readonly startedAt: number;
  readonly amountFen: number;
  /** `INTENT`: a code that customers scan, and nobody has paid */
  readonly channel: PayChannel | 'INTENT';
  readonly state: AttemptStateName | IntentStateName;
  readonly category: string;
  readonly transactionId: string | null;
  /** who at the counter asked for it to be collected */
  readonly personId: string | null;
  /** its newest entry */
  readonly seq: number;
  readonly hash: string;
}

export interface Wanted {
  readonly day?: string | undefined;
  readonly orderId?: string | undefined;
  readonly amountFen?: number | undefined;
  readonly channel?: string | undefined;
  /** an attempt's or intent's, or the end of a hold's attempt: HELD, RELEASED */
  readonly state?: string | undefined;
  /** the last row of the page before */
  readonly before?: Pick<AttemptRow, 'startedAt' | 'seq'> | undefined;
  readonly limit?: number | undefined;
}

export class Projection {
  readonly #db: Database.Database;

  /** Opens or makes the projection in `file` (`:memory:` for a passing one). */
  static open(file: string): Projection {
    try {
      return new Projection(file);
    } catch (error) {
      if (file === ':memory:') throw error;
      Projection.remove(file);
      return new Projection(file);
    }
  }

  /** Throws the projection away; the next {@link open} makes it again. */
  static remove(file: string): void {
    for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
  }

  private constructor(file: string) {
    this.#db = new Database(file);
    try {
      this.#db.pragma(`busy_timeout = ${BUSY_MS}`);
      this.#db.pragma('journal_mode = WAL');
      // It can be made again: not worth one fsync.
      this.#db.pragma('synchronous = OFF');
      if (this.#version() !== SCHEMA) this.#makeAgain();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Takes in what the log has and the projection has not; returns how many entries. `pause` is awaited now and then. */
  async catchUp(files: LogFiles, pause: () => Promise<void> = () => Promise.resolve()): Promise<number> {
    let mark = this.#mark();
    if (mark && !(await isInLog(files, mark))) {
      this.#makeAgain();
      mark = undefined;
    }
    const segments = segmentsOf(await files.list());
    let taken = 0;
    let start = mark
      ? { segment: mark.segment, offset: mark.offset + mark.bytes, seq: mark.seq, hash: mark.hash }
      : BEGINNING;
    for (const segment of segments.filter((number) => number >= start.segment)) {
      const batch: [Entry, Place][] = [];
      const one: LogFiles = {
        read: files.read,
        list: async () => (await files.list()).filter((name) => segmentsOf([name])[0] === segment),
      };
      const log = await readLog(
        one,
        { ...start, segment, offset: segment === start.segment ? start.offset : 0 },
        (entry, place) => batch.push([entry, place]),
      );
      for (let at = 0; at < batch.length; at += ENTRIES_PER_TRANSACTION) {
        this.#take(batch.slice(at, at + ENTRIES_PER_TRANSACTION));
        await pause();
      }
      taken += batch.length;
      start = log.cursor;
    }
    return taken;
  }

  find(wanted: Wanted): AttemptRow[] {
    const tests: string[] = [];
    const values: (string | number)[] = [];
    for (const column of ['day', 'orderId', 'amountFen', 'channel'] as const) {
      const value = wanted[column];
      if (value === undefined) continue;
      tests.push(`${column} = ?`);
      values.push(value);
    }
    if (wanted.state !== undefined) {
      tests.push(STATE_TEST);
      values.push(wanted.state);
    }
    if (wanted.before) {
      tests.push('(startedAt, seq) < (?, ?)');
      values.push(wanted.before.startedAt, wanted.before.seq);
    }
    const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`;
    const limit = Math.min(LIST_LIMIT, wanted.limit ?? LIST_LIMIT);
    const rows = this.#db
      .prepare(
        `SELECT * FROM (SELECT attempts.*, personId FROM attempts LEFT JOIN wishes USING (orderId)) ${where}
         ORDER BY startedAt DESC, seq DESC LIMIT ${limit}`,
      )
      .all(...values);
    return rows as AttemptRow[];
  }

  /** Where the log speaks of an order, oldest first. */
  mentionsOf(orderId: string): Place[] {
    const sql = `SELECT segment, offset, bytes FROM mentions WHERE orderId = ? ORDER BY seq LIMIT ${LIST_LIMIT}`;
    return this.#db.prepare(sql).all(orderId) as Place[];
  }

  close(): void {
    this.#db.close();
  }

  #version(): number | undefined {
    const table = this.#db.prepare("SELECT name FROM sqlite_master WHERE name = 'about'").all();
    return table.length === 0 ? undefined : Number(this.#about('schema'));
  }

  #makeAgain(): void {
    for (const table of ['about', 'attempts', 'doubts', 'mentions', 'wishes'])
      this.#db.exec(`DROP TABLE IF EXISTS ${table}`);
    this.#db.exec(TABLES);
    this.#tell('schema', String(SCHEMA));
  }

  #mark(): Mark | undefined {
    const text = this.#about('mark');
    return text === undefined ? undefined : (JSON.parse(text) as Mark);
  }

  #about(key: string): string | undefined {
    const [row] = this.#db.prepare('SELECT value FROM about WHERE key = ?').all(key) as { value: string }[];
    return row?.value;
  }

  #tell(key: string, value: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO about VALUES (?, ?)').run(key, value);
  }

  #orderOfAttempt(attemptId: string | undefined): string | undefined {
    if (attemptId === undefined) return undefined;
    const rows = this.#db.prepare('SELECT orderId FROM attempts WHERE attemptId = ?').all(attemptId);
    return (rows as { orderId: string }[])[0]?.orderId;
  }

  /** A person has found out: the rows that were in doubt show it, and what was certain stays. */
  #settle(resolution: Resolution, { seq, hash }: Entry): void {
    const { about, charge } = resolution;
    const end = this.#db.prepare('UPDATE attempts SET state = ?, category = ?, seq = ?, hash = ? WHERE attemptId = ?');
    const worth = this.#db.prepare('UPDATE attempts SET amountFen = ? WHERE attemptId = ?');
    for (const attemptId of new Set(charge ? [charge.attemptId, ...about] : about)) {
      const rows = this.#db.prepare('DELETE FROM doubts WHERE attemptId = ? RETURNING *').all(attemptId);
      const [doubt] = rows as Doubt[];
      if (!doubt) continue;
      end.run(...endOfDoubt(doubt, resolution), seq, hash, attemptId);
      if (charge?.attemptId === attemptId) worth.run(charge.amountFen, attemptId);
    }
  }

  #take(entries: readonly [Entry, Place][]): void {
    const attempts = this.#db.prepare('INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const doubts = this.#db.prepare('INSERT OR REPLACE INTO doubts VALUES (?, ?, ?, ?)');
    const wishes = this.#db.prepare('INSERT OR REPLACE INTO wishes VALUES (?, ?)');
    const mentions = this.#db.prepare('INSERT OR REPLACE INTO mentions VALUES (?, ?, ?, ?, ?)');
    this.#db.transaction(() => {
      for (const [entry, { segment, offset, bytes }] of entries) {
        const record = fromJournal(entry);
        const attempt = isSettled(record) ? undefined : attemptIn(record);
        if (attempt) attempts.run(...rowOf(attempt, entry));
        if (record.type === 'INTENT') attempts.run(...intentRow(record, entry));
        const doubt = attempt ? doubtOf(attempt.attempt) : record.type === 'INTENT' && intentDoubt(record.intent);
        if (doubt) doubts.run(doubt.attemptId, doubt.kind, doubt.state, doubt.category);
        if (record.type === 'RESOLUTION') this.#settle(record.resolution, entry);
        const wish = wishOf(record);
        if (wish) wishes.run(...wish);
        const orderId = orderOf(record) ?? this.#orderOfAttempt(attemptOf(record));
        if (orderId !== undefined) mentions.run(orderId, entry.seq, segment, offset, bytes);
      }
      const last = entries.at(-1);
      if (last) this.#tell('mark', JSON.stringify({ ...last[1], seq: last[0].seq, hash: last[0].hash }));
    })();
  }
}

/** Who wanted the money of an order, where the till knows it. */
function wishOf(record: TillRecord): [orderId: string, personId: string] | undefined {
  if (record.type !== 'COMMAND' || record.personId === undefined) return undefined;
  const { type, args } = record.command;
  const orderId = args['orderId'];
  const collects = type === 'collect' || type === 'intent';
  return collects && typeof orderId === 'string' ? [orderId, record.personId] : undefined;
}

/** Slips, results and what is done about an intent name their attempt or intent only. */
function attemptOf(record: TillRecord): string | undefined {
  if (record.type === 'PERSON') return record.deed.attemptId;
  if (record.type === 'COMMAND') {
    const intentId = record.command.args['intentId'];
    return typeof intentId === 'string' ? intentId : undefined;
  }
  if (record.type === 'SLIP') return record.slip.attemptId;
  if (record.type === 'TERMINAL_LATE') return record.during;
  return record.type === 'COMMAND_RESULT' ? record.result.attempt : undefined;
}

/** What becomes of an attempt, or what is said of it behind its end. */
function attemptIn(record: TillRecord): AttemptRecord | undefined {
  if (record.type === 'ATTEMPT') return record.record;
  return record.type === 'TERMINAL_LATE' ? record.surprised : undefined;
}

/** Money that turned up behind the end of an attempt is in doubt, as that of an intent is: who searches for DISPUTED finds both. */
function rowOf({ attempt, startedAt }: AttemptRecord, { seq, hash }: Entry): (string | number | null)[] {
  const { attemptId, orderId, amountFen, channel, state, category, late } = attempt;
  const transactionId = late?.transactionId ?? attempt.transactionId;
  return [
    attemptId,
    orderId,
    chineseDay(startedAt),
    startedAt,
    amountFen,
    channel,
    late ? 'DISPUTED' : state,
    late ? 'NEEDS_MANUAL_CHECK' : (endOfHold(attempt) ?? category),
    transactionId ?? null,
    seq,
    hash,
  ];
}

/** An intent stands among the attempts to be paid: with the wallet that paid it, once that is known. */
function intentRow(
  { intent }: Extract<TillRecord, { type: 'INTENT' }>,
  { seq, hash }: Entry,
): (string | number | null)[] {
  const { intentId, orderId, amountFen, createdAt, payment, channel, state, reason } = intent;
  return [
    intentId,
    orderId,
    chineseDay(createdAt),
    createdAt,
    amountFen,
    payment?.channel ?? channel ?? NO_CHANNEL,
    state,
    reason ?? state,
    payment?.transactionId ?? null,
    seq,
    hash,
  ];
}

function orderOf(record: TillRecord): string | undefined {
  if (record.type === 'ORDER' || record.type === 'ATTEMPT' || record.type === 'INTENT') return record.order.orderId;
  if (record.type === 'RESOLUTION') return record.resolution.orderId;
  if (record.type === 'REFUND') return record.refund.orderId;
  if (record.type === 'RECALL') return record.recalled.order.orderId;
  if (record.type === 'PERSON') return record.deed.orderId;
  const orderId = record.type === 'COMMAND' ? record.command.args['orderId'] : undefined;
  return typeof orderId === 'string' ? orderId : undefined;
}

const CHINA_MS = 8 * 3_600_000;

/** China has one time, UTC+8. */
export function chineseDay(unixMs: number): string {
  return new Date(unixMs + CHINA_MS).toISOString().slice(0, 10);
}
