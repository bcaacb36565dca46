import { useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { act } from './lab.ts';
import { t } from './language.ts';
import { yuan } from './money.ts';
import { Signing } from './signing.tsx';
import type { Sections } from './types.ts';
import type { Word } from './words.ts';

type TerminalSection = Sections['terminal'];

/** The card terminal: what stands on its screen, and the customer who holds the card. */
export function Terminal({ terminal, pad }: { readonly terminal: TerminalSection; readonly pad: Sections['pad'] }) {
  return (
    <article class="card terminal-card" aria-label={t('terminal')}>
      <h2>
        <Icon name="terminal" />
        {t('terminal')}
        {!terminal.plugged && (
          <span class="pill" data-light="bad">
            {t('pulled')}
          </span>
        )}
      </h2>
      <div class="terminal">
        <Screen terminal={terminal} />
        {terminal.asksNobody ? <p class="terminal-note">{t('terminalAsksNobody')}</p> : <Keys terminal={terminal} />}
        {pad.asking && <Signing asking={pad.asking} />}
      </div>
      <div class="row card-foot">
        <span class="note" title={terminal.make}>
          {terminal.makeName ?? terminal.make} · {t('terminalTotal', yuan(terminal.totalFen))}
        </span>
        <button
          type="button"
          class="quiet"
          onClick={() => void act('/v1/plugs', { device: 'terminal', plugged: !terminal.plugged })}
        >
          {t(terminal.plugged ? 'pullTerminal' : 'plugTerminal')}
        </button>
      </div>
    </article>
  );
}

function Screen({ terminal }: { readonly terminal: TerminalSection }) {
  const { amountFen, wrongPins } = terminal;
  const [word, tone] = wordOf(terminal);
  return (
    <div class="terminal-screen" data-tone={tone} role="status">
      <p>{t(word)}</p>
      {terminal.screen !== 'idle' && amountFen !== null && <p class="terminal-amount">¥{yuan(amountFen)}</p>}
      {terminal.screen === 'pin' && wrongPins > 0 && <p>{t('pinWrong')}</p>}
    </div>
  );
}

function wordOf({ screen, last }: TerminalSection): readonly [Word, 'calm' | 'wait' | 'good' | 'bad'] {
  switch (screen) {
    case 'idle':
      return ['terminalIdle', 'calm'];
    case 'card':
      return ['terminalCard', 'wait'];
    case 'pin':
      return ['terminalPin', 'wait'];
    case 'host':
      return ['terminalHost', 'wait'];
    case 'result':
      return OUTCOMES[last?.state ?? ''] ?? ['terminalHost', 'wait'];
  }
}

const OUTCOMES: Readonly<Record<string, readonly [Word, 'good' | 'bad']>> = {
  open: ['terminalApproved', 'good'],
  stands: ['terminalApproved', 'good'],
  declined: ['terminalDeclined', 'bad'],
  cancelled: ['terminalCancelled', 'bad'],
  reversed: ['terminalReversed', 'bad'],
};

/** What the customer can do there now. */
function Keys({ terminal: { screen, pinHint } }: { readonly terminal: TerminalSection }) {
  if (screen === 'card')
    return (
      <div class="terminal-keys">
        <button type="button" onClick={() => void act('/v1/terminal/card', { does: 'presents' })}>
          {t('insertCard')}
        </button>
        <button type="button" onClick={() => void act('/v1/terminal/card', { does: 'taps' })}>
          {t('tapCard')}
        </button>
        <RedKey />
      </div>
    );
  return screen === 'pin' ? <PinKeys hint={pinHint} /> : null;
}

function PinKeys({ hint }: { readonly hint: string }) {
  const [pin, setPin] = useState('');
  return (
    <form
      class="terminal-keys"
      onSubmit={(event) => {
        event.preventDefault();
        setPin('');
        void act('/v1/terminal/card', { does: 'types', pin });
      }}
    >
      <label>
        <span>{t('pinHint', hint)}</span>
        <input
          type="password"
          inputMode="numeric"
          autoComplete="off"
          aria-label={t('pin')}
          value={pin}
          onInput={(event) => setPin(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 12))}
        />
      </label>
      <button type="submit" disabled={pin === ''}>
        {t('pinOk')}
      </button>
      <RedKey />
    </form>
  );
}

function RedKey() {
  return (
    <button type="button" class="red" onClick={() => void act('/v1/terminal/card', { does: 'cancels' })}>
      {t('redKey')}
    </button>
  );
}
