import { useComputed } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { cancel, cancelIntent, print, query, queryIntent, showCode, takeCard } from './acts.ts';
import { yuan } from './amount.ts';
import { Facts } from './facts.tsx';
import { Icon, type IconName, ToneIcon } from './icons.tsx';
import { say, t } from './language.ts';
import { lateTodo } from './late-lines.ts';
import { BeginHoldDialog, CancelHoldDialog, CompleteHoldDialog, ResolveDialog } from './lazy-dialogs.tsx';
import { type Act, type Presentation, present } from './present.ts';
import { QrCode } from './qr-code.tsx';
import { RefundDialog } from './refund-dialog.tsx';
import { SlipLine } from './slip-line.tsx';
import { canHold, hasCard, show, state } from './till.ts';
import { TypeCodeDialog } from './type-code-dialog.tsx';
import type { OrderWithAttempt } from './types.ts';
import { AttemptClock, IntentClock } from './waiting.tsx';
import { open } from './wishes.ts';

const ASKING = [
  'typeCode',
  'refund',
  'resolve',
  'hold',
  'completeHold',
  'cancelHold',
] as const satisfies readonly Act[];
type Asking = (typeof ASKING)[number];
const isAsking = (act: Act): act is Asking => ASKING.some((asking) => asking === act);

export interface PaymentScreenProps {
  readonly shown: OrderWithAttempt;
  /** it is looked up, not at the counter: there is no next customer here */
  readonly isRecord?: boolean;
}

/** One order, large: what is happening, what to do now, and how long it may take. */
export function PaymentScreen({ shown, isRecord = false }: PaymentScreenProps) {
  const [asking, setAsking] = useState<Asking | undefined>(undefined);
  const ways = { hasCard: hasCard.value, canHold: canHold.value };
  const seen = present(shown, state.value?.terminal.servicePhone, ways);
  const close = () => setAsking(undefined);
  const act = (name: Act) => {
    if (isAsking(name)) return setAsking(name);
    void doNow(name, shown);
  };
  return (
    <section class="payment" data-tone={seen.tone} data-state={seen.word.en} aria-label={say(seen.word)}>
      <Head seen={seen} amountFen={shown.order.amountFen} />
      {seen.code?.codeText !== undefined && !seen.code.closing && (
        <div class="payment-code">
          <QrCode text={seen.code.codeText} label={`${t('showCode')} ¥${yuan(shown.order.amountFen)}`} />
        </div>
      )}
      <div class="payment-words">
        <p class="sentence">{say(seen.sentence)}</p>
        {!(isRecord && (seen.tone === 'good' || seen.tone === 'calm')) && (
          <div class="todo">
            <span class="todo-label">{t('todo')}</span>
            <strong>{say((shown.late && lateTodo(shown.order.orderId)) ?? seen.todo)}</strong>
          </div>
        )}
        {seen.waits && <AttemptClock attempt={seen.waits} />}
        {seen.code && <IntentClock intent={seen.code} />}
        <SlipLine shown={shown} />
      </div>
      <Facts shown={shown} />
      <Acts acts={isRecord ? seen.acts.filter(belongsToRecord) : seen.acts} onAct={act} phase={seen.key} />
      {asking === 'typeCode' && <TypeCodeDialog orderId={shown.order.orderId} onClose={close} />}
      {asking === 'refund' && <RefundDialog shown={shown} onClose={close} />}
      {asking === 'resolve' && <ResolveDialog shown={shown} onClose={close} />}
      {asking === 'hold' && <BeginHoldDialog {...shown.order} onClose={close} />}
      {asking === 'completeHold' && <CompleteHoldDialog shown={shown} onClose={close} />}
      {asking === 'cancelHold' && <CancelHoldDialog shown={shown} onClose={close} />}
    </section>
  );
}

function belongsToRecord(act: Act): boolean {
  return act === 'print' || act === 'query' || (isAsking(act) && act !== 'typeCode' && act !== 'hold');
}

function Head({ seen, amountFen }: { readonly seen: Presentation; readonly amountFen: number }) {
  return (
    <header class="payment-head">
      <div class="payment-state">
        <ToneIcon tone={seen.tone} />
        <h1 class="state-word">{say(seen.word)}</h1>
      </div>
      <p class="payment-amount">
        <span class="yuan">¥</span>
        {yuan(amountFen)}
      </p>
    </header>
  );
}

const ICONS: Partial<Record<Act, IconName>> = { showCode: 'qr', card: 'terminal', print: 'printer' };
const BUSY: Partial<Record<Act, string>> = {
  cancel: 'cancel',
  stopHold: 'cancel',
  cancelIntent: 'cancelIntent',
  query: 'query',
  queryIntent: 'queryIntent',
  print: 'print',
  showCode: 'showCode',
  card: 'card',
};

function Acts({
  acts,
  phase,
  onAct,
}: {
  readonly acts: readonly Act[];
  readonly phase: string;
  readonly onAct: (act: Act) => void;
}) {
  const first = useRef<HTMLButtonElement>(null);
  const busy = useComputed(() => new Set(open.value.map(({ what }) => what)));
  // the next customer is one key away; what ends a payment is not. Whose field is gone goes on from here, not from the top
  useLayoutEffect(() => {
    const isNext = acts[0] === 'next' && !document.querySelector('dialog[open]');
    const isLost = document.activeElement === document.body;
    const place = isNext ? first.current : isLost ? document.getElementById('main') : undefined;
    place?.focus({ preventScroll: true });
  }, [phase]);
  return (
    <footer class="acts">
      {acts.map((name, at) => {
        const icon = ICONS[name];
        const isBusy = busy.value.has(BUSY[name] ?? '');
        return (
          <button
            type="button"
            key={name}
            ref={at === 0 ? first : null}
            class={name === 'next' ? 'big' : 'big secondary outline'}
            data-act={name}
            disabled={isBusy}
            aria-busy={isBusy}
            onClick={() => onAct(name)}
          >
            {icon && <Icon name={icon} />}
            {t(name)}
          </button>
        );
      })}
    </footer>
  );
}

async function doNow(name: Exclude<Act, Asking>, shown: OrderWithAttempt): Promise<void> {
  const { orderId, amountFen } = shown.order;
  switch (name) {
    case 'next':
      return show(undefined);
    case 'cancel':
    case 'stopHold':
      return cancel(shown);
    case 'cancelIntent':
      return cancelIntent(shown);
    case 'query':
      return query(shown);
    case 'queryIntent':
      return queryIntent(shown);
    case 'showCode':
      return void (await showCode(amountFen, orderId));
    case 'card':
      return void (await takeCard(amountFen, orderId));
    case 'print':
      return print(orderId, shown.refunds?.findLast((refund) => refund.state === 'REFUNDED')?.refundId);
    case 'details':
      return goTo(`/records/${encodeURIComponent(orderId)}`);
    default:
      return name satisfies never;
  }
}

/** The router of the page listens to links; an act goes the same way. */
function goTo(path: string): void {
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}
