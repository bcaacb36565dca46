import { CommandKeys } from '../../agent/backend/command-keys.ts';
import { type Intent, newIntent, type Payment } from '../../agent/payment/intent.ts';
import { isUnguessable } from '../../agent/payment/intent-answer.ts';
import { type IntentFact, type IntentOrder, intentStep } from '../../agent/payment/intent-machine.ts';
import { INTENT_POLICY } from '../../agent/payment/intent-policy.ts';
import { intentSlip } from '../../agent/slips/order-slips.ts';
import { IntentNotifyArgs } from '../../protocols/backend/intents.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { classify } from '../../protocols/paycode/classify.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { Notices } from '../../simulator/backend/notices.ts';
import { renderStream } from '../../simulator/render/stream.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, type JsonObject, listIn, unknownCase, unknownSections } from './json.ts';
import { rewritten } from './prose.ts';

// merchant-qr.json: scripted lives of a merchant-presented code against the intent machine. The script says what happened
// outside; questions that it leaves open are answered "not paid" the moment the next thing happens.

const TILL = { tenant: 'acme', store: 's001', agent: 'till-1' };
const EPOCH = Date.UTC(2026, 10, 22, 2);
const CODE = 'weixin://wxpay/bizpayurl?pr=AbCdEfG00';

const signer = new CommandSigner('backend-1', new Uint8Array(32).fill(7));
const keys = new CommandKeys(TILL, [{ kid: signer.kid, publicKey: signer.publicKey }]);

type Happening = readonly [t: number, name: string, fen?: number];

/** What a life comes to, in the words of `expect`. */
interface Life {
  readonly final: string;
  readonly at: number;
  readonly receipts: number;
  readonly duplicatesIgnored: number;
  readonly intents: number;
  readonly reason?: string;
  readonly paidAt?: number;
  readonly copiesMarked?: string;
}

class Story {
  readonly #amountFen: number;
  readonly #ttl: number;
  #intent: Intent;
  #t = 0;
  #at = 0;
  #receipts = 0;
  #duplicates = 0;
  #creates = 0;
  #linkIsUp = true;
  #paidAt: number | undefined;
  #copies: string | undefined;

  constructor(amountFen: number, ttl: number) {
    this.#amountFen = amountFen;
    this.#ttl = ttl;
    this.#intent = newIntent({
      intentId: '01KAN0RBZC6R2T1V9H4Q8M5XWE',
      orderId: 'ORDER-1',
      commandId: 'C-1',
      amountFen,
      forms: ['screen'],
      ttlMs: ttl * 1_000,
      createdAt: EPOCH,
    });
  }

  /** Undefined: a word this format does not have. */
  tell(happenings: readonly Happening[]): Life | string {
    for (const [index, [t, name, fen = this.#amountFen]] of happenings.entries()) {
      this.#t = t;
      const happen = this.#words[name];
      if (!happen) return `an event nobody knows: ${name}`;
      happen(fen);
      const next = happenings[index + 1];
      if (!(next?.[0] === t && next[1].startsWith('POLL'))) this.#lookBack();
    }
    const { state, reason, payment } = this.#intent;
    return {
      final: state,
      at: this.#at,
      receipts: this.#receipts,
      duplicatesIgnored: this.#duplicates,
      intents: this.#creates,
      ...(reason === undefined ? {} : { reason }),
      ...(payment === undefined ? {} : { paidAt: (payment.paidAt - EPOCH) / 1_000 }),
      ...(this.#copies === undefined ? {} : { copiesMarked: this.#copies }),
    };
  }

  readonly #words: Readonly<Record<string, (fen: number) => void>> = {
    CREATED: () => {
      this.#happen({ kind: 'submitted' });
      const expiresAt = EPOCH + this.#ttl * 1_000;
      this.#happen({ kind: 'create-answered', answer: { state: 'WAITING', codeText: CODE, expiresAt } });
    },
    SHOWN: () => undefined,
    PRINTED: () => undefined,
    REPRINT: () => {
      this.#copies = markOf(this.#intent);
    },
    // the page lets nobody in: the till hears nothing of it
    SECOND_OPEN_REFUSED: () => undefined,
    LINK_DOWN: () => {
      this.#linkIsUp = false;
      this.#silence();
    },
    LINK_UP: () => {
      this.#linkIsUp = true;
    },
    EXPIRE: () => {
      this.#t = Math.max(this.#t, this.#ttl);
      this.#happen({ kind: 'woken' });
      this.#silence();
    },
    NOTIFY_SUCCESS: (fen) => this.#notified(fen, 'signed'),
    NOTIFY_BAD_SIGNATURE: (fen) => this.#notified(fen, 'forged'),
    NOTIFY_SUCCESS_AT_BACKEND: () => {
      this.#paidAt ??= this.#t;
    },
    POLL_SUCCESS: (fen) => this.#asked({ state: 'PAID', payment: this.#payment(fen) }),
    SYNC_SUCCESS: (fen) => this.#asked({ state: 'PAID', payment: this.#payment(fen) }),
    POLL_NOTPAY: () => this.#asked({ state: 'WAITING' }),
    CLOSE_OK: () => this.#closed('CLOSED'),
    CLOSE_UNKNOWN: () => this.#closed('UNKNOWN'),
  };

  #happen(fact: IntentFact): void {
    const before = this.#intent;
    const now = EPOCH + this.#t * 1_000;
    const step = intentStep(before, fact, { t: this.#t * 1_000, now }, INTENT_POLICY);
    if (!step) {
      const isSuccess = fact.kind === 'notified' || ('answer' in fact && fact.answer.state === 'PAID');
      if (isSuccess && before.state === 'PAID') this.#duplicates += 1;
      return;
    }
    this.#intent = step.intent;
    this.#creates += step.orders.filter(({ kind }: IntentOrder) => kind === 'send-create').length;
    if (step.intent.state === before.state) return;
    this.#at = this.#t;
    if (step.intent.state === 'PAID') this.#receipts += 1;
  }

  /** The push comes as a command with a signature, and goes through the till's keys as any other. */
  #notified(fen: number, manner: 'signed' | 'forged'): void {
    const payment = this.#payment(fen);
    if (!this.#linkIsUp) return;
    const { intentId, orderId } = this.#intent;
    const charge = { intentId, orderId, ...payment, transactionId: '4200' };
    const clock = new VirtualClock(EPOCH + this.#t * 1_000);
    const stranger = new CommandSigner('stranger', new Uint8Array(32).fill(9));
    const notices = new Notices({ clock, newId: () => `N-${this.#t}`, signer, stranger, send: () => undefined });
    const command = notices.tell(TILL, charge, manner);
    if (keys.refusal(command)) return;
    const { intentId: _i, orderId: _o, ...believed } = IntentNotifyArgs.parse(command.args);
    this.#happen({ kind: 'notified', payment: believed });
  }

  #payment(paidFen: number): Payment & { readonly transactionId: string } {
    this.#paidAt ??= this.#t;
    return { paidFen, paidAt: EPOCH + this.#paidAt * 1_000, channel: 'WECHAT', transactionId: '4200' };
  }

  /** The answer of a question, which is asked now if none is out. */
  #asked(answer: Extract<IntentFact, { kind: 'query-answered' }>['answer']): void {
    if (!this.#isAsking()) this.#happen({ kind: 'hinted' });
    this.#happen({ kind: 'query-answered', answer, ...(this.#isAsking() ? {} : { late: true as const }) });
  }

  #closed(state: 'CLOSED' | 'UNKNOWN'): void {
    if (this.#intent.doing.kind === 'waiting') this.#happen({ kind: 'cancelled' });
    if (this.#intent.doing.kind === 'querying') this.#happen({ kind: 'query-answered', answer: { state: 'WAITING' } });
    const late = this.#intent.doing.kind === 'closing' ? {} : { late: true as const };
    this.#happen({ kind: 'close-answered', answer: { state }, ...late });
  }

  #isAsking(): boolean {
    return this.#intent.doing.kind === 'querying' || this.#intent.doing.kind === 'confirming';
  }

  /** The question behind a close, when the script says nothing of it: it is closed. */
  #lookBack(): void {
    if (this.#intent.doing.kind === 'confirming') this.#happen({ kind: 'query-answered', answer: { state: 'CLOSED' } });
  }

  /** Without a link nothing is answered. */
  #silence(): void {
    if (this.#linkIsUp) return;
    if (this.#intent.doing.kind === 'querying') this.#happen({ kind: 'query-unanswered' });
    if (this.#intent.doing.kind === 'closing') this.#happen({ kind: 'close-unanswered' });
  }
}

const EVENTS = Object.keys({
  CLOSE_OK: 0,
  CLOSE_UNKNOWN: 0,
  CREATED: 0,
  EXPIRE: 0,
  LINK_DOWN: 0,
  LINK_UP: 0,
  NOTIFY_BAD_SIGNATURE: 0,
  NOTIFY_SUCCESS: 0,
  NOTIFY_SUCCESS_AT_BACKEND: 0,
  POLL_NOTPAY: 0,
  POLL_SUCCESS: 0,
  PRINTED: 0,
  REPRINT: 0,
  SECOND_OPEN_REFUSED: 0,
  SHOWN: 0,
  SYNC_SUCCESS: 0,
});
const EXPECTED = [
  'action',
  'at',
  'copiesMarked',
  'duplicatesIgnored',
  'final',
  'intents',
  'note',
  'paidAt',
  'reason',
  'receipts',
];

/** The mark on a copy of the code's paper, read back from the printer's bytes. */
function markOf({ orderId, amountFen }: Intent): string {
  const slip = { merchantName: '街角小店', orderId, amountFen, codeText: CODE, expiresAt: EPOCH, duplicate: true };
  const text = renderStream(intentSlip(slip, 58).bytes, genericProfile(58)).text();
  const mark = /(补打|重打印)\s*(COPY|DUPLICATE)/.exec(text);
  return mark ? `${mark[1]}/${mark[2]}` : 'no mark';
}

/** What a person may do with a state, and what the till never does by itself. */
function actionOf(sentence: string, { final }: Life): string {
  const choices = final === 'DISPUTED' || final === 'NEEDS_MANUAL_CHECK';
  return rewritten<boolean>(
    sentence,
    [
      [/refunds?|refunded/g, (said, open) => (open ? said : 'nobody')],
      [/accepts?|accepted/g, (said, open) => (open ? said : 'nobody')],
      [/never silently [A-Z_]+/g, () => `never silently ${final === 'PAID' ? 'anything else' : 'PAID'}`],
    ],
    choices,
  );
}

function scenario(entry: unknown, at: number, amountFen: number): CaseResult {
  const name = isObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : `scenarios[${at}]`;
  const expect = isObject(entry) ? entry['expect'] : undefined;
  const ttl = isObject(entry) ? entry['ttl'] : undefined;
  const events = listIn(entry, 'events');
  if (!isObject(expect) || typeof ttl !== 'number' || !events.every(isHappening))
    return unknownCase(name, 'id, ttl, events [[seconds, name, fen?]], expect', entry);
  const life = new Story(amountFen, ttl).tell(events);
  if (typeof life === 'string') return { name, expected: expect, actual: life };
  return { name, expected: expect, actual: inTheWordsOf(expect, life) };
}

function inTheWordsOf(expect: JsonObject, life: Life): unknown {
  const computed: JsonObject = { ...life };
  return Object.fromEntries(
    Object.entries(expect).map(([key, said]) => {
      if (!EXPECTED.includes(key)) return [key, 'a word this format does not have'];
      if (key === 'note') return [key, said];
      if (key === 'action') return [key, actionOf(String(said), life)];
      return [key, computed[key] ?? 'nothing'];
    }),
  );
}

function isHappening(entry: unknown): entry is Happening {
  const [t, name, fen] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  return typeof t === 'number' && typeof name === 'string' && (fen === undefined || typeof fen === 'number');
}

// --- what is said about providers

/** A code of this form is told for what it is when a customer's or another shop's is scanned by mistake. */
function formOf(form: string): string {
  const sample = form.split(' ')[0]?.replace('…', 'AbCdEfG00123456') ?? '';
  const { kind } = classify(new SecretText(sample), { source: 'scanner' });
  return kind === 'MERCHANT_QR' ? form : `${form} is a ${kind}`;
}

/** "2 s for 30 s, then 5 s" as the till asks. */
function pollOf(): string {
  const [first, second] = INTENT_POLICY.polls;
  const seconds = (ms = 0) => `${ms / 1_000} s`;
  return `${seconds(first?.everyMs)} for ${seconds(first?.forMs)}, then ${seconds(second?.everyMs)}`;
}

function providerFact(entry: unknown, at: number): CaseResult[] {
  if (!isObject(entry) || typeof entry['provider'] !== 'string')
    return [unknownCase(`providerFacts[${at}]`, 'a provider', entry)];
  const { provider, form, poll } = entry;
  const forms = typeof form === 'string' ? [{ name: `${provider} form`, expected: form, actual: formOf(form) }] : [];
  const polls = typeof poll === 'string' ? [{ name: `${provider} poll`, expected: poll, actual: pollOf() }] : [];
  return [...forms, ...polls];
}

/** "128-bit random token": as the till demands of a link it shows. */
function printedCase(sentence: unknown): CaseResult[] {
  if (typeof sentence !== 'string') return [];
  const bits = (digits: number) =>
    isUnguessable(`https://m.example/p/${'0123456789abcdef'.repeat(4).slice(0, digits)}`);
  const least = [...Array(64).keys()].find((digits) => bits(digits + 1)) ?? 64;
  const actual = rewritten(sentence, [[/\d+-bit/g, () => `${(least + 1) * 4}-bit`]], undefined);
  return [{ name: 'printed', expected: sentence, actual }];
}

function wordsCase(sentence: unknown): CaseResult[] {
  if (typeof sentence !== 'string') return [];
  const [events = '', expected = ''] = sentence.split(';');
  const names = (part: string) =>
    part
      .slice(part.indexOf(':') + 1)
      .split(',')
      .map((name) => name.trim());
  return [
    { name: 'eventNames', expected: names(events), actual: names(events).filter((name) => EVENTS.includes(name)) },
    { name: 'expect keys', expected: names(expected), actual: names(expected).filter((key) => EXPECTED.includes(key)) },
  ];
}

/** Each of the five scenes is a story of its own: test/stories/ID.test.ts. */
const SCENES = ['door-to-door', 'driver-after-delivery', 'shipping-document', 'document-share', 'store-scan'];

export const merchantQr: Checker = {
  title: 'merchant-presented codes',
  recognises: (_name, content) => hasEntriesWith(content, 'scenarios', ['ttl', 'events', 'expect']),
  check(content) {
    const amountFen = isObject(content) && typeof content['amountFen'] === 'number' ? content['amountFen'] : 0;
    const scenes = listIn(content, 'fiveScenarios');
    const isTold = (scene: unknown) => isObject(scene) && SCENES.includes(String(scene['id']));
    return {
      cases: [
        ...listIn(content, 'providerFacts').flatMap(providerFact),
        ...printedCase(isObject(content) ? content['printed'] : undefined),
        ...listIn(content, 'scenarios').map((entry, at) => scenario(entry, at, amountFen)),
        ...scenes
          .filter((scene) => !isTold(scene))
          .map((scene) => unknownCase('fiveScenarios', `one of ${SCENES.join(', ')}`, scene)),
        ...wordsCase(isObject(content) ? content['eventNames'] : undefined),
        ...unknownSections(content, [
          'note',
          'providerFacts',
          'printed',
          'amountFen',
          'scenarios',
          'fiveScenarios',
          'eventNames',
        ]),
      ],
      stories: scenes.filter(isTold).length,
    };
  },
};
