import { clockTime, yuan } from './amount.ts';
import { say, t } from './language.ts';
import { lateLine } from './late-lines.ts';
import { CHANNEL_NAMES } from './steps.ts';
import type { OrderWithAttempt } from './types.ts';
import type { Word } from './words.ts';

/** What can be read out on the telephone. */
export function Facts({ shown: { order, attempt, intent, late } }: { readonly shown: OrderWithAttempt }) {
  const isIntent = order.intentId !== undefined && intent !== undefined;
  const channel = isIntent ? intent.paidBy : attempt?.channel;
  const rows: readonly (readonly [Word, string | undefined])[] = [
    ['order', order.orderId],
    ['channel', channel && say(CHANNEL_NAMES[channel])],
    [attempt?.channel === 'CARD' ? 'cardNo' : 'code', isIntent ? undefined : attempt?.maskedPaycode || undefined],
    ['instalments', isIntent ? undefined : instalmentsOf(attempt)],
    ['paidAt', timeOf((isIntent ? intent.paidAt : attempt?.paidAt) ?? (isIntent ? undefined : attempt?.startedAt))],
    ['transaction', isIntent ? intent.transactionId : attempt?.transactionId],
  ];
  return (
    <dl class="facts">
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
      {late?.map((money) => (
        <div key={money.attemptId} data-late>
          <dt>{t('lateMoney')}</dt>
          <dd>{lateLine(money)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How often, and how much each time when the channel says so: the shop has it all at once. */
function instalmentsOf(attempt: OrderWithAttempt['attempt']): string | undefined {
  if (!attempt?.instalments) return undefined;
  const { count, eachFen } = attempt.instalments;
  return eachFen === undefined ? String(count) : `${count} × ¥${yuan(eachFen)}`;
}

function timeOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : clockTime(at);
}
