import { language, t } from './language.ts';
import { yuan } from './money.ts';
import { clockTime } from './times.ts';
import type { Sections } from './types.ts';

/** The acquirer's book: money that moved, and what the shop has. */
export function LedgerPanel({ ledger }: { readonly ledger: Sections['ledger'] }) {
  const { entries, charges, reversals, netFen } = ledger;
  return (
    <div class="ledger">
      <p class="net">
        {t('ledgerNet')} <strong>¥{yuan(netFen)}</strong>
      </p>
      <p class="note">
        {t('ledgerCharges', charges)} · {t('ledgerReversals', reversals)}
        <br />
        {t('ledgerNote')}
      </p>
      {entries.length === 0 ? (
        <p class="note nothing">{t('ledgerEmpty')}</p>
      ) : (
        <table lang={language.value === 'zh' ? 'zh-CN' : 'en'}>
          <tbody>
            {entries.toReversed().map(({ at, kind, channel, amountFen, orderId, transactionId }) => (
              <tr key={`${kind}${transactionId}${at}`} data-kind={kind}>
                <td>
                  <time>{clockTime(at)}</time>
                </td>
                <td>
                  {t(kind)} <small>{channel}</small>
                  <br />
                  <small class="note">{orderId}</small>
                </td>
                <td class="money">
                  {kind === 'charge' ? '+' : '−'}
                  {yuan(amountFen)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
