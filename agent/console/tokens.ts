import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { personId } from '../../protocols/backend/fields.ts';
import { type Caller, SCOPE_NAMES } from './scopes.ts';

// Tokens of the programs that may call. A token is 256 random bits, so one SHA-256 of it is as good as a slow hash: nobody
// guesses it back. It is shown once, when it is made; the file keeps hashes only, and only its owner may read it.

const PROGRAM = /^[a-z0-9-]{1,32}$/;
const PREFIX = 'tw_';
const RANDOM_BYTES = 32;
/** A till has a cashier program, a stock program, a few managers. */
const MOST_TOKENS = 100;

const TokenRecord = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  program: z.string().regex(PROGRAM, 'lower-case letters, digits and -, at most 32'),
  personId: personId.optional(),
  scopes: z.array(z.enum(SCOPE_NAMES)).min(1).max(SCOPE_NAMES.length),
  /** SHA-256 of the token */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** ISO 8601 */
  created: z.string().max(32),
});
const TokenList = z.strictObject({ v: z.literal(1), tokens: z.array(TokenRecord).max(MOST_TOKENS) });

/** A token as a person may see it. */
export type TokenRecord = z.infer<typeof TokenRecord>;

/** A token that cannot be made, or a file that cannot be believed. */
export class TokenTrouble extends Error {}

/** Where the tokens of a till stand. */
export function tokenFile(dataDir: string): string {
  return join(dataDir, 'console', 'tokens.json');
}

/** Makes the text of a token; `tw_` lets a scanner of repositories and mails recognise one that got away. */
export function newToken(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

export function hashOfToken(token: string): string {
  return hash('sha256', token);
}

/** Adds a token and returns its text: the only time that anybody sees it. */
export function createToken(file: string, wanted: Caller, created: string): { token: string; record: TokenRecord } {
  const token = newToken();
  const record = TokenRecord.safeParse({
    ...wanted,
    id: randomBytes(4).toString('hex'),
    hash: hashOfToken(token),
    created,
  });
  if (!record.success) throw new TokenTrouble(z.prettifyError(record.error));
  const tokens = listTokens(file);
  if (tokens.length >= MOST_TOKENS) throw new TokenTrouble(`${MOST_TOKENS} tokens stand already: revoke one first`);
  write(file, [...tokens, record.data]);
  return { token, record: record.data };
}

/** False when no token has this id. */
export function revokeToken(file: string, id: string): boolean {
  const tokens = listTokens(file);
  const left = tokens.filter((token) => token.id !== id);
  if (left.length === tokens.length) return false;
  write(file, left);
  return true;
}

/** Throws {@link TokenTrouble} when the file is there and cannot be believed. */
export function listTokens(file: string): readonly TokenRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new TokenTrouble(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = TokenList.safeParse(parseJson(text));
  if (!parsed.success) throw new TokenTrouble(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data.tokens;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The old list or the new one, never half of either, and never readable by anybody else. */
function write(file: string, tokens: readonly TokenRecord[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, `${JSON.stringify({ v: 1, tokens }, undefined, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
}

/** group and others: read, write, execute */
const OTHERS = 0o077;

interface Known extends Caller {
  readonly hash: Buffer;
}

/** The tokens as a running agent believes them: read again when the file changed, so that a revoked one is dead at once. */
export class TokenRegister {
  readonly #file: string;
  readonly #own: readonly Known[];
  /** why the file was not believed; its tokens do not count then */
  trouble: string | undefined;
  #stamp: string | undefined;
  #known: readonly Known[] = [];

  /** `own`: a token of this process, in no file of tokens. */
  constructor(file: string, own?: { readonly token: string; readonly caller: Caller }) {
    this.#file = file;
    this.#own = own ? [{ ...own.caller, hash: Buffer.from(hashOfToken(own.token), 'hex') }] : [];
  }

  callerOf(token: string): Caller | undefined {
    this.#refresh();
    const offered = Buffer.from(hashOfToken(token), 'hex');
    return [...this.#own, ...this.#known].find(({ hash: kept }) => timingSafeEqual(kept, offered));
  }

  #refresh(): void {
    const stat = statSync(this.#file, { throwIfNoEntry: false });
    const stamp = stat && `${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.size}`;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      if (stat && process.platform !== 'win32' && (stat.mode & OTHERS) !== 0)
        throw new TokenTrouble(`${this.#file} can be read by others: chmod 600`);
      this.#known = listTokens(this.#file).map(known);
      this.trouble = undefined;
    } catch (error) {
      this.#known = [];
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}

function known({ program, personId, scopes, hash: digits }: TokenRecord): Known {
  return { program, scopes, hash: Buffer.from(digits, 'hex'), ...(personId === undefined ? {} : { personId }) };
}
