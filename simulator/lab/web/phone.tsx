import { useEffect, useState } from 'preact/hooks';
import { Barcode, QrCode } from './codes.tsx';
import { Icon } from './icons.tsx';
import { act } from './lab.ts';
import { language, t } from './language.ts';
import { yuan } from './money.ts';
import { wallClock } from './times.ts';
import type { Mood, Sections, Wallet } from './types.ts';
import type { Word } from './words.ts';

type PhoneSection = Sections['phone'];

const WALLETS: readonly (readonly [wallet: Wallet, zh: string, en: string])[] = [
  ['wechat', '微信', 'WeChat'],
  ['alipay', '支付宝', 'Alipay'],
  ['unionpay', '云闪付', 'UnionPay'],
  ['ecny', '数字人民币', 'e-CNY'],
];

const MOODS: readonly (readonly [mood: Mood, word: Word])[] = [
  ['asks', 'moodAsks'],
  ['pays', 'moodPays'],
  ['declines', 'moodDeclines'],
  ['insufficient', 'moodInsufficient'],
  ['away', 'moodAway'],
];

/** The customer: a phone with a wallet, a code that turns, and a person who decides. */
export function Phone({ phone }: { readonly phone: PhoneSection }) {
  return (
    <article class="card phone-card" aria-label={t('customer')}>
      <h2>
        <Icon name="phone" />
        {t('customer')}
      </h2>
      <div class="phone" data-wallet={phone.wallet}>
        <div class="phone-screen">
          <div class="wallets" role="group" aria-label={t('wallet')}>
            {WALLETS.map(([wallet, zh, en]) => (
              <button
                key={wallet}
                type="button"
                aria-pressed={wallet === phone.wallet}
                onClick={() => void act('/v1/phone', { wallet })}
              >
                {language.value === 'zh' ? zh : en}
              </button>
            ))}
          </div>
          <PhoneFace phone={phone} />
        </div>
      </div>
      <fieldset class="moods">
        <legend>{t('mood')}</legend>
        {MOODS.map(([mood, word]) => (
          <label key={mood}>
            <input
              type="radio"
              name="mood"
              checked={mood === phone.mood}
              onChange={() => void act('/v1/phone', { mood })}
            />
            {t(word)}
          </label>
        ))}
      </fieldset>
    </article>
  );
}

function PhoneFace({ phone }: { readonly phone: PhoneSection }) {
  if (phone.asking) return <Asking amountFen={phone.asking.amountFen} name={phone.name} />;
  return (
    <>
      {phone.ended && <Ended ended={phone.ended} />}
      <div class="paycode">
        <p class="paycode-title">{t('payToMerchant')}</p>
        <Barcode text={phone.code} />
        <QrCode text={phone.code} label={phone.name} />
        <Turning phone={phone} />
      </div>
    </>
  );
}

function Asking({ amountFen, name }: { readonly amountFen: number; readonly name: string }) {
  return (
    <div class="sheet" role="region" aria-label={t('confirmTitle')}>
      <p class="sheet-name">{name}</p>
      <p class="sheet-title">{t('confirmTitle')}</p>
      <p class="sheet-amount">
        <small>¥</small>
        {yuan(amountFen)}
      </p>
      <button type="button" onClick={() => void act('/v1/phone/answer', { pays: true })}>
        {t('confirm')}
      </button>
      <button type="button" class="plain" onClick={() => void act('/v1/phone/answer', { pays: false })}>
        {t('cancelPay')}
      </button>
    </div>
  );
}

function Ended({ ended: { how, amountFen } }: { readonly ended: NonNullable<PhoneSection['ended']> }) {
  const word = how === 'paid' ? 'phonePaid' : how === 'refunded' ? 'phoneRefunded' : 'phoneDeclined';
  return (
    <p class="phone-note" data-tone={how === 'paid' ? 'good' : 'bad'} role="status">
      <Icon name={how === 'paid' ? 'check' : 'cross'} />
      {t(word)} ¥{yuan(amountFen)}
    </p>
  );
}

/** How long the code still counts; it turns by itself. */
function Turning({ phone: { turnsAt, lifeMs } }: { readonly phone: PhoneSection }) {
  const [now, setNow] = useState(() => wallClock());
  useEffect(() => {
    const timer = setInterval(() => setNow(wallClock()), 500);
    return () => clearInterval(timer);
  }, []);
  const leftMs = Math.min(lifeMs, Math.max(0, turnsAt - now));
  return (
    <div class="turning">
      <progress value={leftMs} max={lifeMs} aria-hidden="true" />
      <span>{t('codeLeft', Math.ceil(leftMs / 1000))}</span>
      <button
        type="button"
        class="plain round"
        aria-label={t('newCode')}
        title={t('newCode')}
        onClick={() => void act('/v1/phone', { turn: true })}
      >
        <Icon name="turn" />
      </button>
    </div>
  );
}
