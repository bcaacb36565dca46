import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { type HoldWord, h } from './hold-words.ts';
import { t } from './language.ts';
import { me } from './people.ts';
import { standingHold } from './present.ts';
import { SecondPerson } from './second-person.tsx';
import type { OrderWithAttempt } from './types.ts';
import type { Word } from './words.ts';

const OUTCOMES = {
  paid: 'outcomePaid',
  refunded: 'outcomeRefunded',
  unpaid: 'outcomeUnpaid',
} as const satisfies Record<string, Word>;
type Outcome = keyof typeof OUTCOMES;
const FOUND = { stands: 'holdStands', gone: 'holdGone' } as const satisfies Record<string, HoldWord>;
type Found = keyof typeof FOUND;
const MOST_CHARS = 200;

/** What became of money that the till cannot account for: found out elsewhere, said here by two persons. */
export function ResolveDialog({ shown, onClose }: { readonly shown: OrderWithAttempt; readonly onClose: () => void }) {
  const { orderId } = shown.order;
  // a refund in doubt is settled by its own name
  const refundId = shown.refunds?.findLast(({ state }) => state === 'NEEDS_MANUAL_CHECK')?.refundId;
  const isHold = refundId === undefined && standingHold(shown) !== undefined;
  const outcomes = outcomesOf(shown, refundId !== undefined);
  const founds = foundsOf(shown);
  const [outcome, setOutcome] = useState<Outcome | undefined>(only(outcomes));
  const [found, setFound] = useState<Found | undefined>(only(founds));
  const [reason, setReason] = useState('');
  const [isSaid, setSaid] = useState(false);
  // the order has a payment already, whatever else turned up
  const isPaidBefore = refundId === undefined && shown.remainingFen !== undefined;
  // a charge that was seen says itself what became of the hold; money taken another way does not
  const asksForHold = isHold && outcome !== undefined && (outcome !== 'paid' || isPaidBefore);
  const isWhole = outcome !== undefined && reason.trim() !== '' && (!asksForHold || found !== undefined);
  const wordOf = (name: Outcome) =>
    isHold && !isPaidBefore && name === 'paid' ? h('outcomeCharged') : t(OUTCOMES[name]);
  if (isSaid && outcome !== undefined) {
    const hold = asksForHold ? found : undefined;
    const word = wordOf(outcome);
    return (
      <SecondPerson
        kind="resolve"
        subject={orderId}
        askedBy={me.value?.person.personId}
        what={h('approveResolve', orderId, hold === undefined ? word : h('approveHold', word, h(FOUND[hold])))}
        call={{
          path: `/v1/orders/${encodeURIComponent(orderId)}/resolve`,
          body: { outcome, reason: reason.trim(), ...(refundId && { refundId }), ...(hold && { hold }) },
        }}
        onDone={onClose}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={h('resolveTitle')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setSaid(isWhole);
        }}
      >
        <p class="note">{h(isHold ? 'resolveHoldNote' : 'resolveNote')}</p>
        <Choices
          name="outcome"
          legend={h('resolveOutcome')}
          all={outcomes}
          chosen={outcome}
          wordOf={wordOf}
          onChoice={setOutcome}
        />
        {isPaidBefore && shown.order.state === 'DISPUTED' && <p class="note">{h('resolvePaidBefore')}</p>}
        {asksForHold && (
          <Choices
            name="hold"
            legend={h('resolveHold')}
            all={founds}
            chosen={found}
            wordOf={(name) => h(FOUND[name])}
            onChoice={setFound}
          />
        )}
        <label>
          {h('resolveReason')}
          <input
            autofocus={isHold && outcomes.length === 1}
            value={reason}
            maxLength={MOST_CHARS}
            autocomplete="off"
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <footer>
          <button type="submit" class="wide" disabled={!isWhole}>
            {h('resolveSend')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** What can have become of it. A hold that stands or was only asked for is no payment. */
function outcomesOf(shown: OrderWithAttempt, isRefund: boolean): readonly Outcome[] {
  if (isRefund) return ['refunded', 'unpaid'];
  const hold = standingHold(shown);
  // what is paid already cannot be unpaid
  if (shown.order.state === 'DISPUTED' && shown.remainingFen !== undefined)
    return mayBePaid(shown) ? ['paid', 'refunded'] : ['refunded'];
  const isNoCharge = hold && (shown.order.state === 'OPEN' || hold.holdId === shown.attempt?.attemptId);
  return isNoCharge ? ['unpaid'] : ['paid', 'refunded', 'unpaid'];
}

/** Something of what was paid is left, or what turned up may be a payment. */
function mayBePaid({ remainingFen = 0, late = [] }: OrderWithAttempt): boolean {
  return remainingFen > 0 || late.some(({ what }) => what === undefined);
}

/** Of one that stands without a doubt a person has only its end to tell. */
function foundsOf({ order }: OrderWithAttempt): readonly Found[] {
  return order.state === 'OPEN' ? ['gone'] : ['stands', 'gone'];
}

function only<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}

interface ChoicesProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly all: readonly T[];
  readonly chosen: T | undefined;
  readonly wordOf: (one: T) => string;
  readonly onChoice: (one: T) => void;
}

function Choices<T extends string>({ name, legend, all, chosen, wordOf, onChoice }: ChoicesProps<T>) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {all.map((one) => (
        <label key={one}>
          <input type="radio" name={name} value={one} checked={one === chosen} onChange={() => onChoice(one)} />
          {wordOf(one)}
        </label>
      ))}
    </fieldset>
  );
}
