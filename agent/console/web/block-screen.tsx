import { dateTime } from './amount.ts';
import { Icon } from './icons.tsx';
import { say, t, type Words } from './language.ts';
import { isTechnician, mayUnlock, placeChecked, printTerminal, unlockTerminal } from './terminal-acts.ts';
import { state } from './till.ts';
import type { Block } from './types.ts';
import type { Word } from './words.ts';

const TITLES: Readonly<Record<Block['state'], Word>> = {
  ready: 'blockScheduled',
  suspended: 'blockSuspended',
  maintenance: 'blockMaintenance',
  unregistered: 'blockUnregistered',
};

/** This terminal may not collect: why, since when, until when, and whom to call. */
export function BlockScreen({ block }: { readonly block: Block }) {
  const title = t(TITLES[block.state]);
  return (
    <section class="block" data-block={block.state} aria-labelledby="block-title">
      <header>
        <Icon name={block.state === 'maintenance' ? 'pause' : 'warning'} />
        <h1 id="block-title" class="state-word">
          {title}
        </h1>
        {block.reason && <p class="sentence">{say(block.reason)}</p>}
      </header>
      <div class="todo">
        <span class="todo-label">{t('todo')}</span>
        <strong>{block.requiredAction ? say(block.requiredAction) : t(stepWord(block))}</strong>
      </div>
      <BlockFacts block={block} />
      <button type="button" class="plain" data-act="print-terminal" onClick={() => void printTerminal()}>
        {t('blockPrint')}
      </button>
      {block.locked && mayUnlock() && (
        <button type="button" class="plain" data-act="unlock" onClick={() => void unlockTerminal()}>
          {t('terminalUnlock')}
        </button>
      )}
      {block.reasonCode === 'LOCATION_MISMATCH' && isTechnician() && (
        <button type="button" class="plain" data-act="place-checked" onClick={() => void placeChecked()}>
          {t('placeChecked')}
        </button>
      )}
      <p class="note">{t(block.canRefund ? 'blockStillRefund' : 'blockNoRefund')}</p>
    </section>
  );
}

function stepWord({ state: name, untilMs }: Block): Word {
  if (name === 'unregistered') return 'blockStepTechnician';
  return name === 'maintenance' && untilMs !== undefined ? 'blockStepWait' : 'blockStepCall';
}

function BlockFacts({ block: { sinceMs, untilMs, reference, phone } }: { readonly block: Block }) {
  const rows: readonly (readonly [Word, string | undefined])[] = [
    ['blockSince', sinceMs === undefined ? undefined : dateTime(sinceMs)],
    ['blockUntil', untilMs === undefined ? undefined : dateTime(untilMs)],
    ['blockReference', reference],
    ['blockPhone', phone],
  ];
  return (
    <dl class="block-facts">
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name} data-fact={name}>
            <dt>{t(name)}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Collecting goes on, and there is something to know about it. */
export function BlockBanner() {
  const block = state.value?.terminalState;
  if (!block?.canCollect || block.reason === undefined) return null;
  const until = block.sinceMs === undefined ? undefined : dateTime(block.sinceMs);
  const title = t(block.unconfirmed ? 'blockUnconfirmed' : 'blockScheduled');
  return <Banner title={{ zh: title, en: title }} text={say(block.reason)} when={until} />;
}

interface BannerProps {
  readonly title: Words;
  readonly text: string;
  readonly when?: string | undefined;
}

function Banner({ title, text, when }: BannerProps) {
  return (
    <div class="banner" data-level="warn">
      <Icon name="warning" />
      <span>
        <strong>{say(title)}</strong> {text} {when}
      </span>
    </div>
  );
}
