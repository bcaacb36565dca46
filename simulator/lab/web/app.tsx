import { Dock } from './dock.tsx';
import { Gun } from './gun.tsx';
import { isConnected, refusal, sections } from './lab.ts';
import { say, t } from './language.ts';
import { OrderCard } from './order-card.tsx';
import { Phone } from './phone.tsx';
import { Printer } from './printer.tsx';
import { Terminal } from './terminal.tsx';
import { TopBar } from './top-bar.tsx';

/** The whole counter: customer on the left, devices in the middle, paper on the right, and what goes on behind it. */
export function App() {
  const now = sections.value;
  return (
    <>
      <TopBar till={now?.till} />
      <main id="counter" tabIndex={-1}>
        {!isConnected.value && (
          <p class="banner" role="status">
            {t(now ? 'lost' : 'connecting')}
          </p>
        )}
        {now && (
          <div class="shop">
            <section class="counter" aria-label={t('title')}>
              <OrderCard now={now} />
              <Phone phone={now.phone} />
              <div class="middle">
                <Gun gun={now.gun} waiting={now.faults.waiting} />
                <Terminal terminal={now.terminal} pad={now.pad} />
              </div>
              <Printer printer={now.printer} />
            </section>
            <Dock now={now} />
          </div>
        )}
      </main>
      <Refused />
    </>
  );
}

/** What was not done, until it is read. */
function Refused() {
  const words = refusal.value;
  if (!words) return null;
  return (
    <div class="refused" role="alert">
      <span>{t('refused', say(words))}</span>
      <button
        type="button"
        class="plain"
        onClick={() => {
          refusal.value = undefined;
        }}
      >
        {t('close')}
      </button>
    </div>
  );
}
