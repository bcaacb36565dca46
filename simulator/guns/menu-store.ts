import { type AnsweredItem, isQuery, type MenuItem } from '../../protocols/scanner/tag-menu.ts';

// The settings of a gun that is set by tags (Honeywell, Newland): what it knows, what it takes, what is in RAM and what in
// flash.

export interface MenuRow extends MenuItem {
  /** the values it takes, from and to; absent: none, the tag only tells or does */
  readonly range?: readonly [number, number];
}

/** What the query characters of a make ask for. */
export interface MenuQueries {
  readonly current: string;
  readonly standard: string;
  readonly range: string;
}

export class MenuStore {
  flashWrites = 0;
  readonly #rows: readonly MenuRow[];
  readonly #queries: MenuQueries;
  #flash = new Map<string, string>();
  #ram = new Map<string, string>();

  constructor(rows: readonly MenuRow[], queries: MenuQueries) {
    this.#rows = rows;
    this.#queries = queries;
  }

  value(tag: string, sub: string): string {
    const key = tag + sub;
    return this.#ram.get(key) ?? this.#flash.get(key) ?? this.#row(tag, sub)?.data ?? '';
  }

  powerUp(): void {
    this.#ram = new Map();
  }

  /** Each item with its status; what is good is set at once, what is not is left out (2020 p.141). */
  obey(items: readonly MenuItem[], storage: 'ram' | 'flash'): AnsweredItem[] {
    const answered = items.flatMap((item) => (isQuery(item) ? this.#ask(item) : [this.#set(item, storage)]));
    const wrote = answered.some(
      ({ status }, n) => status === 'ok' && !isQuery(items[n] ?? { tag: '', sub: '', data: '' }),
    );
    if (storage === 'flash' && wrote) this.flashWrites += 1;
    return answered;
  }

  #row(tag: string, sub: string): MenuRow | undefined {
    return this.#rows.find((row) => row.tag === tag.toUpperCase() && row.sub === sub.toUpperCase());
  }

  #set(item: MenuItem, storage: 'ram' | 'flash'): AnsweredItem {
    const row = this.#row(item.tag, item.sub);
    if (!row) return { ...item, status: 'unknownTag' };
    if (!isTaken(row, item.data)) return { ...item, status: 'badData' };
    if (storage === 'flash') this.#flash.set(row.tag + row.sub, item.data);
    this.#ram.set(row.tag + row.sub, item.data);
    return { ...item, status: 'ok' };
  }

  #ask({ tag, sub, data }: MenuItem): AnsweredItem[] {
    const rows = this.#rows.filter((row) => row.tag === tag && (sub === '' || row.sub === sub));
    if (rows.length === 0) return [{ tag, sub, data, status: 'unknownTag' }];
    return rows.map((row) => ({ tag, sub: row.sub, data: this.#told(row, data.slice(-1)), status: 'ok' }));
  }

  #told(row: MenuRow, query: string): string {
    if (query === this.#queries.standard) return row.data;
    return query === this.#queries.range && row.range ? row.range.join('-') : this.value(row.tag, row.sub);
  }
}

function isTaken({ range }: MenuRow, data: string): boolean {
  if (!range) return data === '';
  const value = Number(data);
  return /^\d+$/.test(data) && value >= range[0] && value <= range[1];
}
