import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { ChoosePinDialog } from './choose-pin.tsx';
import { DeviceStrip } from './device-strip.tsx';
import icon from './icon.svg';
import { Icon } from './icons.tsx';
import { language, t } from './language.ts';
import { OpenOrders } from './open-orders.tsx';
import { lock, me, welcome } from './people.ts';
import { ReportDialog } from './report-dialog.tsx';
import { ROLE_WORDS } from './sign-in.tsx';
import { quiet, setQuiet } from './sounds.ts';
import { TerminalLockDialog } from './terminal-lock-dialog.tsx';
import { isDark, setDark } from './theme.ts';
import { state } from './till.ts';

/** Where one is, how the devices are, who is at the till. */
export function TopBar({ isIn }: { readonly isIn: boolean }) {
  const { path } = useLocation();
  return (
    <header class="top-bar">
      <a class="skip" href="#main">
        {t('skip')}
      </a>
      <p class="brand">
        <img src={icon} alt="" width={32} height={32} />
        <span>{welcome.value?.till.name || 'Tillwire'}</span>
      </p>
      {isIn && (
        <nav class="tabs" aria-label={t('title')}>
          <a href="/" aria-current={path === '/' ? 'page' : undefined}>
            {t('till')}
          </a>
          <a href="/records" aria-current={path.startsWith('/records') ? 'page' : undefined}>
            {t('records')}
          </a>
          <a href="/report" aria-current={path === '/report' || path === '/statements' ? 'page' : undefined}>
            {t('takings')}
          </a>
          <OpenOrders />
        </nav>
      )}
      <div class="top-end">
        {isIn && <DeviceStrip />}
        <Switches />
        {isIn && <Who />}
      </div>
    </header>
  );
}

function Switches() {
  return (
    <>
      <button
        type="button"
        class="plain round"
        aria-label={t(quiet.value ? 'soundOn' : 'soundOff')}
        onClick={() => setQuiet(!quiet.value)}
      >
        <Icon name={quiet.value ? 'quiet' : 'sound'} />
      </button>
      <button
        type="button"
        class="plain round"
        aria-label={t(isDark.value ? 'themeLight' : 'themeDark')}
        onClick={() => setDark(!isDark.value)}
      >
        <Icon name={isDark.value ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        class="plain language"
        lang={language.value === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => {
          language.value = language.value === 'zh' ? 'en' : 'zh';
        }}
      >
        {t('language')}
      </button>
    </>
  );
}

const isChoosing = signal(false);
const isReporting = signal(false);
const isLocking = signal(false);

function Who() {
  const [isOpen, setOpen] = useState(false);
  const person = me.value?.person;
  if (!person) return null;
  const role = t(ROLE_WORDS[person.role]);
  const called = person.name === role ? role : t('person', person.name, role);
  return (
    <>
      <details class="who" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary aria-label={called}>
          <Icon name="person" />
          <span>{called}</span>
        </summary>
        <ul>
          <li>
            <button type="button" class="plain wide" data-act="lock" onClick={() => void lock()}>
              <Icon name="lock" />
              {t('lock')}
            </button>
          </li>
          <li>
            <button
              type="button"
              class="plain wide"
              data-act="report"
              onClick={() => {
                setOpen(false);
                isReporting.value = true;
              }}
            >
              <Icon name="warning" />
              {t('report')}
            </button>
          </li>
          <li>
            <button
              type="button"
              class="plain wide"
              onClick={() => {
                setOpen(false);
                isChoosing.value = true;
              }}
            >
              <Icon name="person" />
              {t('changePin')}
            </button>
          </li>
          {!state.value?.terminalState.locked && (
            <li>
              <button
                type="button"
                class="plain wide"
                data-act="lock-terminal"
                onClick={() => {
                  setOpen(false);
                  isLocking.value = true;
                }}
              >
                <Icon name="pause" />
                {t('terminalLock')}
              </button>
            </li>
          )}
        </ul>
      </details>
      {isLocking.value && (
        <TerminalLockDialog
          onClose={() => {
            isLocking.value = false;
          }}
        />
      )}
      {isReporting.value && (
        <ReportDialog
          onClose={() => {
            isReporting.value = false;
          }}
        />
      )}
      {isChoosing.value && (
        <ChoosePinDialog
          onClose={() => {
            isChoosing.value = false;
          }}
        />
      )}
    </>
  );
}
