import type { EventData, EventEnvelope } from '../protocols/backend/messages.ts';
import { DEVICES } from '../protocols/backend/topics.ts';
import { showCode, WALLETS, type Wallet } from './devices/phone.ts';
import type { SaleScenario } from './scenarios/sales.ts';
import type { Shop } from './shop.ts';
import type { Clock } from './world/clock.ts';

/** How a sale went, told by the shop: by the backend's events, the acquirer's ledger and the paper. */
export interface SaleReport {
  readonly orderId: string;
  readonly attemptId: string;
  readonly state: string;
  readonly amountFen: number;
  readonly channel: string;
  readonly transactionId: string | null;
  readonly timings: {
    readonly scanToPublishMs: number | null;
    readonly scanToPaidMs: number | null;
    readonly paidToPrintedMs: number | null;
  };
  readonly ledger: { readonly charges: number; readonly reversals: number; readonly netFen: number };
}

/** What happens on the way, for whoever watches. */
export type SaleNews =
  | { readonly kind: 'collecting'; readonly orderId: string; readonly amountFen: number }
  | { readonly kind: 'scanned'; readonly wallet: Wallet }
  | { readonly kind: 'event'; readonly data: EventData };

export interface Sale {
  readonly report: SaleReport;
  /** bytes of the slip that came out, if one did */
  readonly slip: Uint8Array | undefined;
  /** what is not as the scenario has it; empty: all is well */
  readonly wrong: readonly string[];
}

export interface SaleOrder {
  readonly orderId: string;
  readonly amountFen: number;
  readonly wallet: Wallet;
  readonly scenario: SaleScenario;
}

/** The agent opens its ports within this. */
const DEVICES_DEADLINE_MS = 10_000;
/** After the end: time in which a second slip, a late charge or a second attempt would show. */
const AFTERMATH_MS = 300;
/** A slip's bytes are on the wire within this after the payment. */
const SLIP_DEADLINE_MS = 10_000;

/** Plays one sale: the backend asks the counter to collect, the customer shows a code, the gun reads it. */
export async function playSale(
  shop: Shop,
  order: SaleOrder,
  clock: Clock,
  random: () => number,
  tell: (news: SaleNews) => void,
): Promise<Sale> {
  const { orderId, amountFen, wallet, scenario } = order;
  await devicesReady(shop, clock);
  shop.acquirer.send(scenario.customer);
  const accepted = await shop.backend.collect(shop.till, { orderId, amountFen, title: '午餐套餐' });
  if (accepted.phase !== 'accepted')
    throw new Error(`the till does not collect: ${accepted.code} ${accepted.message ?? ''}`);
  tell({ kind: 'collecting', orderId, amountFen });

  const slipsBefore = shop.slips.length;
  const ending = watch(shop, orderId, scenario.withinMs, clock, tell);
  void shop.gun.scan(showCode(wallet, random));
  tell({ kind: 'scanned', wallet });
  const { attempt, slip } = await ending;
  await new Promise<void>((resolve) => clock.after(AFTERMATH_MS, resolve));

  const ledger = shop.acquirer.ledger.ofOrder(orderId);
  const slips = shop.slips.slice(slipsBefore);
  const report: SaleReport = {
    orderId,
    attemptId: attempt.attemptId,
    state: attempt.state,
    amountFen,
    channel: WALLETS[wallet].channel,
    transactionId: attempt.transactionId ?? null,
    timings: {
      scanToPublishMs: attempt.timings?.scanToPublishMs ?? null,
      scanToPaidMs: attempt.timings?.scanToPaidMs ?? null,
      paidToPrintedMs: slip?.paidToPrintedMs ?? null,
    },
    ledger,
  };
  return { report, slip: slips[0], wrong: compare(report, slips.length, scenario) };
}

/** A code shown to a gun that nobody listens to yet is lost, in a rehearsal as in a shop. */
function devicesReady(shop: Shop, clock: Clock): Promise<void> {
  const ready = () => DEVICES.every((dev) => shop.devices.get(dev)?.avail === 'online');
  if (ready()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const callOff = clock.after(DEVICES_DEADLINE_MS, () =>
      reject(new Error('the till does not see its gun and printer')),
    );
    const before = shop.onDevice;
    shop.onDevice = (state) => {
      before(state);
      if (!ready()) return;
      callOff();
      shop.onDevice = before;
      resolve();
    };
  });
}

type AttemptData = Extract<EventData, { type: 'attempt' }>;
type SlipData = Extract<EventData, { type: 'slip' }>;
const FINAL = new Set<string>(['PAID', 'FAILED', 'REVERSED', 'NEEDS_MANUAL_CHECK']);

/** Waits for the attempt's end, and for its slip when it is paid. */
function watch(shop: Shop, orderId: string, withinMs: number, clock: Clock, tell: (news: SaleNews) => void) {
  return new Promise<{ attempt: AttemptData; slip: SlipData | undefined }>((resolve, reject) => {
    const before = { event: shop.onEvent, slip: shop.onSlip };
    let attempt: AttemptData | undefined;
    let slip: SlipData | undefined;
    let paper = false;
    let calledOff = clock.after(withinMs, () =>
      finish(() => reject(new Error(`no result within ${withinMs / 1000} s`))),
    );
    const finish = (end: () => void) => {
      calledOff();
      shop.onEvent = before.event;
      shop.onSlip = before.slip;
      end();
    };
    const look = () => {
      const ended = attempt;
      if (!ended || !FINAL.has(ended.state)) return;
      if (ended.state !== 'PAID' || (slip && paper)) finish(() => resolve({ attempt: ended, slip }));
    };
    shop.onSlip = (bytes) => {
      before.slip(bytes);
      paper = true;
      look();
    };
    shop.onEvent = (event: EventEnvelope) => {
      before.event(event);
      const { data } = event;
      tell({ kind: 'event', data });
      if (data.type === 'attempt' && data.orderId === orderId) {
        attempt = data;
        if (data.state === 'PAID') {
          calledOff();
          calledOff = clock.after(SLIP_DEADLINE_MS, () => finish(() => resolve({ attempt: data, slip })));
        }
      }
      if (data.type === 'slip' && data.attemptId === attempt?.attemptId) slip = data;
      look();
    };
  });
}

function compare(report: SaleReport, slips: number, { ends }: SaleScenario): string[] {
  const facts: readonly [what: string, is: unknown, shouldBe: unknown][] = [
    ['state', report.state, ends.state],
    ['charges', report.ledger.charges, ends.charges],
    ['reversals', report.ledger.reversals, ends.reversals],
    ['net fen', report.ledger.netFen, (ends.charges - ends.reversals) * report.amountFen],
    ['slips', slips, ends.slips],
  ];
  return facts
    .filter(([, is, shouldBe]) => is !== shouldBe)
    .map(([what, is, shouldBe]) => `${what} is ${String(is)}, should be ${String(shouldBe)}`);
}
