import { randomBytes } from 'node:crypto';
import type { EnrolmentRefusal, Site } from '../../protocols/backend/enrolment.ts';

/** Crockford's 32 characters: 40 bits in eight of them. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

interface Given {
  readonly site: Site;
  readonly until: number;
  uses: number;
}

/** Codes that let a till join: good for minutes, and for as many certificates as was said. */
export class EnrolmentCodes {
  readonly #now: () => number;
  readonly #given = new Map<string, Given>();

  constructor(now: () => number) {
    this.#now = now;
  }

  give(site: Site, { minutes = 30, uses = 1 }: { readonly minutes?: number; readonly uses?: number } = {}): string {
    const letters = [...randomBytes(8)].map((byte) => LETTERS[byte % 32] ?? '').join('');
    const code = `${letters.slice(0, 4)}-${letters.slice(4)}`;
    this.#given.set(code, { site, until: this.#now() + minutes * 60_000, uses });
    return code;
  }

  /** Whose code it is; a certificate uses it up, looking does not. */
  look(code: string): Site | EnrolmentRefusal {
    const given = this.#given.get(code);
    if (!given) return 'CODE_UNKNOWN';
    return this.#now() > given.until ? 'CODE_EXPIRED' : given.site;
  }

  isUsedUp(code: string): boolean {
    return (this.#given.get(code)?.uses ?? 0) <= 0;
  }

  use(code: string): void {
    const given = this.#given.get(code);
    if (given) given.uses -= 1;
  }
}
