import { signal } from '@preact/signals';
import { BackendPanel } from './backend-panel.tsx';
import { FaultPanel } from './fault-panel.tsx';
import { t } from './language.ts';
import { LedgerPanel } from './ledger-panel.tsx';
import { StoryPanel } from './story-panel.tsx';
import { TimeLine } from './time-line.tsx';
import type { Sections } from './types.ts';
import { WireList } from './wire-list.tsx';
import type { Word } from './words.ts';

const TABS = ['story', 'wire', 'ledger', 'backend', 'faults', 'stories'] as const;
type Tab = (typeof TABS)[number];

const NAMES: Readonly<Record<Tab, Word>> = {
  story: 'tabStory',
  wire: 'tabWire',
  ledger: 'tabLedger',
  backend: 'tabBackend',
  faults: 'tabFaults',
  stories: 'tabStories',
};

const open = signal<Tab>('story');

/** What goes on behind the counter: what happened, what was said, where the money is, what can go wrong. */
export function Dock({ now }: { readonly now: Sections }) {
  const waiting = now.faults.waiting.length;
  return (
    <section class="dock card" aria-label={t('dock')}>
      <div class="tabs" role="tablist" aria-label={t('dock')}>
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-selected={tab === open.value}
            aria-controls="dock-panel"
            tabIndex={tab === open.value ? 0 : -1}
            onKeyDown={step}
            onClick={() => {
              open.value = tab;
            }}
          >
            {t(NAMES[tab])}
            {tab === 'faults' && waiting > 0 && <span class="count">{waiting}</span>}
          </button>
        ))}
      </div>
      <div class="panel" id="dock-panel" role="tabpanel" aria-labelledby={`tab-${open.value}`}>
        <Panel tab={open.value} now={now} />
      </div>
    </section>
  );
}

function Panel({ tab, now }: { readonly tab: Tab; readonly now: Sections }) {
  switch (tab) {
    case 'story':
      return <TimeLine />;
    case 'wire':
      return <WireList />;
    case 'ledger':
      return <LedgerPanel ledger={now.ledger} />;
    case 'backend':
      return <BackendPanel now={now} />;
    case 'faults':
      return <FaultPanel faults={now.faults} />;
    case 'stories':
      return <StoryPanel story={now.story} />;
  }
}

/** Arrow keys go from tab to tab, as everywhere. */
function step(event: KeyboardEvent): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (by === 0) return;
  const at = (TABS.indexOf(open.value) + by + TABS.length) % TABS.length;
  open.value = TABS[at] ?? open.value;
  document.getElementById(`tab-${open.value}`)?.focus();
}
