// Settings as Honeywell and Newland write them: a tag of three characters, a sub-tag of three, data; `,` goes on with the
// same tag, `;` with another one. In an answer a status byte stands before each of them and before the end.
//
//   C11ENA1,MIN12,MAX22;            Code 11 on, 12 to 22 characters
//   C11ENA1<06>,MIN12<06>,MAX22<06>;

export interface MenuItem {
  readonly tag: string;
  /** empty: the whole group is meant, as in `CBR?` */
  readonly sub: string;
  readonly data: string;
}

export const MENU_STATUS = { ok: 0x06, unknownTag: 0x05, badData: 0x15 } as const;
export type MenuStatus = keyof typeof MENU_STATUS;

export interface AnsweredItem extends MenuItem {
  readonly status: MenuStatus;
}

/** Asks instead of setting. Which is which differs between the makes. */
const QUERY = /[?^*&]$/;

export function isQuery(item: MenuItem): boolean {
  return QUERY.test(item.data) || QUERY.test(item.sub);
}

/** The items of a command without its head and end, or `undefined` when it does not begin with a tag. */
export function parseItems(text: string): MenuItem[] | undefined {
  const items: MenuItem[] = [];
  let tag = '';
  for (const { part, newTag } of partsOf(text)) {
    if (newTag) tag = part.slice(0, 3);
    if (tag.length < 3) return undefined;
    items.push({ tag, ...subAndData(newTag ? part.slice(3) : part) });
  }
  return items.length > 0 ? items : undefined;
}

function* partsOf(text: string): Generator<{ part: string; newTag: boolean }> {
  let newTag = true;
  for (const [, part = '', separator] of text.matchAll(/([^,;]*)([,;]|$)/g)) {
    if (part !== '') yield { part, newTag };
    newTag = separator === ';';
  }
}

/** `ENA1` is sub-tag and data, `?` asks for the whole group. */
function subAndData(text: string): { sub: string; data: string } {
  return QUERY.test(text) && text.length < 4 ? { sub: '', data: text } : { sub: text.slice(0, 3), data: text.slice(3) };
}

/** `CBRENA1,SSX0`: the tag is written where it changes. */
export function itemsText(items: readonly MenuItem[]): string {
  return items.map((item, at) => separatorBefore(items, at) + itemText(items, item, at)).join('');
}

function separatorBefore(items: readonly MenuItem[], at: number): string {
  if (at === 0) return '';
  return items[at - 1]?.tag === items[at]?.tag ? ',' : ';';
}

function itemText(items: readonly MenuItem[], { tag, sub, data }: MenuItem, at: number): string {
  return (items[at - 1]?.tag === tag ? '' : tag) + sub + data;
}

const STATUS_NAMES = Object.keys(MENU_STATUS) as readonly MenuStatus[];

function statusOf(char: string): MenuStatus | undefined {
  return STATUS_NAMES.find((name) => MENU_STATUS[name] === char.charCodeAt(0));
}

/** An answer's items with the status of each; `undefined` when one has none. */
export function parseAnswer(text: string): AnsweredItem[] | undefined {
  const parts = text.split(/[,;]/).filter((part) => part !== '');
  const statuses = parts.map((part) => statusOf(part.slice(-1)));
  const items = parseItems([...text].filter((char) => statusOf(char) === undefined).join(''));
  if (items?.length !== parts.length) return undefined;
  const answered = items.flatMap((item, at) => {
    const status = statuses[at];
    return status ? [{ ...item, status }] : [];
  });
  return answered.length === items.length && answerText(answered) === text ? answered : undefined;
}

export function answerText(items: readonly AnsweredItem[]): string {
  return items
    .map(
      (item, at) =>
        separatorBefore(items, at) + itemText(items, item, at) + String.fromCharCode(MENU_STATUS[item.status]),
    )
    .join('');
}

/** The worst of the statuses, in the words of every make. */
export function menuOutcome(items: readonly AnsweredItem[]): 'ok' | 'unknown-command' | 'bad-data' {
  if (items.some(({ status }) => status === 'unknownTag')) return 'unknown-command';
  return items.some(({ status }) => status === 'badData') ? 'bad-data' : 'ok';
}
