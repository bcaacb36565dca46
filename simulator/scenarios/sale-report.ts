import { WALLETS } from '../devices/phone.ts';
import type { Played } from './play.ts';
import { type Scenario, USUAL } from './scenario.ts';
import type { Stage } from './stage.ts';
import { FIRST_ORDER, fenOf } from './terms.ts';

/** How the first order of a story went, told by the shop: by the backend's events, the acquirer's ledger and the paper. */
export interface SaleReport {
  readonly orderId: string;
  /** null: no attempt was made */
  readonly attemptId: string | null;
  readonly state: string | null;
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

export function saleReport(
  { yuan = USUAL.yuan, wallet = USUAL.wallet }: Scenario,
  { record }: Played,
  stage: Stage,
): SaleReport {
  const orderId = record.of('attempt')[0]?.orderId ?? FIRST_ORDER;
  const attempt = record.attemptsOf(orderId).at(-1);
  const slip = record.of('slip').find(({ attemptId }) => attemptId === attempt?.attemptId);
  return {
    orderId,
    attemptId: attempt?.attemptId ?? null,
    state: attempt?.state ?? null,
    amountFen: attempt?.amountFen ?? fenOf(yuan),
    channel: attempt?.channel ?? WALLETS[wallet].channel,
    transactionId: attempt?.transactionId ?? null,
    timings: {
      scanToPublishMs: attempt?.timings?.scanToPublishMs ?? null,
      scanToPaidMs: attempt?.timings?.scanToPaidMs ?? null,
      paidToPrintedMs: slip?.paidToPrintedMs ?? null,
    },
    ledger: stage.acquirer.ledger.ofOrder(orderId),
  };
}

/** The story with another amount or wallet: what it expects of them goes along. */
export function withSale(
  scenario: Scenario,
  sale: { readonly yuan?: string | undefined; readonly wallet?: Scenario['wallet'] },
): Scenario {
  const { yuan = scenario.yuan ?? USUAL.yuan, wallet = scenario.wallet ?? USUAL.wallet } = sale;
  const before = { yuan: scenario.yuan ?? USUAL.yuan, name: WALLETS[scenario.wallet ?? USUAL.wallet].name };
  const now = { yuan, name: WALLETS[wallet].name };
  const swap = (text: string) => (text === before.yuan ? now.yuan : text === before.name ? now.name : text);
  const { orders, slips } = scenario.expect;
  return {
    ...scenario,
    yuan,
    wallet,
    expect: {
      ...scenario.expect,
      ...(orders && {
        orders: Object.fromEntries(
          Object.entries(orders).map(([name, { net, ...order }]) => [
            name,
            { ...order, ...(net !== undefined && { net: swap(net) }) },
          ]),
        ),
      }),
      ...(slips && { slips: { ...slips, ...(slips.has && { has: slips.has.map(swap) }) } }),
    },
  };
}
