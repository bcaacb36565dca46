import { t } from './language.ts';
import { yuan } from './money.ts';
import { clockTime } from './times.ts';
import type { Sections } from './types.ts';
import type { Word } from './words.ts';

const DEVICES: Readonly<Record<string, Word>> = { printer: 'printer', scanner: 'scanner', terminal: 'terminal' };

/** What the backend knows: by the till's own words, not by looking at the counter. */
export function BackendPanel({ now: { backend, till, gun, printer, terminal } }: { readonly now: Sections }) {
  return (
    <div class="backend">
      <h3>{t('backendOrders')}</h3>
      {backend.orders.length === 0 && <p class="note">{t('backendEmpty')}</p>}
      <ol class="orders">
        {backend.orders.toReversed().map((order) => (
          <li key={order.orderId}>
            <div class="order-row">
              <time>{clockTime(order.at)}</time>
              <span class="money">¥{yuan(order.amountFen)}</span>
              <small>{order.answer ?? '…'}</small>
            </div>
            <small class="note">{order.orderId}</small>
            {order.attempts.map(({ attemptId, channel, state, category, slip }) => (
              <p key={attemptId} class="attempt" data-state={state}>
                {channel} · {state}
                {category === state ? '' : ` (${category})`}
                {slip === undefined ? '' : ` · ${t('slipState', slip)}`}
                <br />
                <small class="note">{attemptId}</small>
              </p>
            ))}
          </li>
        ))}
      </ol>
      <h3>{t('backendDevices')}</h3>
      <ul class="devices">
        {till.devices.map(({ dev, avail, reason }) => (
          <li key={dev} data-light={avail === 'online' ? 'good' : 'bad'}>
            {t(DEVICES[dev] ?? 'scanner')} · {t(avail === 'online' ? 'online' : 'offline')}
            {reason === undefined ? '' : ` · ${reason}`}
          </li>
        ))}
      </ul>
      <h3>{t('backendAddress')}</h3>
      <dl class="facts">
        <dt>{t('broker')}</dt>
        <dd>
          <code>{backend.brokerUrl}</code> {backend.up ? '' : t('netDown')}
        </dd>
        <dt>{t('gunPath')}</dt>
        <dd>
          <code>{gun.path}</code>
        </dd>
        <dt>{t('printerPath')}</dt>
        <dd>
          <code>{printer.path}</code>
        </dd>
        <dt>{t('terminalPath')}</dt>
        <dd>
          <code>{terminal.path}</code> ZVT
        </dd>
      </dl>
    </div>
  );
}
