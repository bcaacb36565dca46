import type { TillBook } from '../journal/book.ts';
import type { LimitWatch } from './limit-watch.ts';
import { type OwnLimits, refundLimits } from './limits.ts';
import { tableVersions } from './rule-tables.ts';

/** What the till holds to now, and how far it is used: for the page, programs beside the till and the technician. */
export function ruleSheet(
  book: Pick<TillBook, 'settings'>,
  own: OwnLimits,
  watch: Pick<LimitWatch, 'limits' | 'uses'>,
) {
  const { settings } = book;
  const hours = [own.openHours, settings.openHours].flatMap((one) => one ?? []);
  return {
    limits: { ...watch.limits },
    uses: watch.uses.map((use) => ({ ...use, since: Math.max(0, use.since) })),
    openHours: hours.map(({ from, to }) => ({ from, to })),
    refund: refundPolicy(own, settings),
    tables: tableVersions(settings),
    ...(settings.automatic === undefined
      ? {}
      : { tightened: { causes: [...settings.automatic.causes], since: settings.automatic.since } }),
    ...(settings.commandSeq === undefined ? {} : { commandSeq: settings.commandSeq }),
  };
}

/** How money goes back at this till (payment.md 6, 003-7). What does not vary is said all the same: whoever reads it need not guess. */
function refundPolicy({ refund }: OwnLimits, settings: TillBook['settings']) {
  return {
    ...refundLimits(refund, settings),
    approvedBy: 'second-person' as const,
    way: 'original-channel' as const,
    most: 'what-is-left' as const,
  };
}
export type RuleSheet = ReturnType<typeof ruleSheet>;
