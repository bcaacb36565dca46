import { acknowledge } from './acts.ts';
import { Icon } from './icons.tsx';
import { language, t } from './language.ts';
import { SlipQuestion } from './slip-line.tsx';
import { link, state } from './till.ts';
import { told, untell } from './told.ts';
import { open } from './wishes.ts';

/** What must be read before anything else is done: the agent away, the backend's notices, slips in doubt, the last "no". */
export function Notices() {
  return (
    <div class="notices">
      <LinkNotice />
      <ToldNotice />
      <BackendNotices />
      <SlipQuestions />
    </div>
  );
}

function LinkNotice() {
  if (link.value === 'live') return open.value.length > 0 ? <SlowNotice /> : null;
  return (
    <div class="banner" data-level={link.value === 'lost' ? 'bad' : 'info'} role="status">
      <Icon name="network" />
      <span>
        <strong>{t(link.value === 'lost' ? 'lost' : 'opening')}</strong> {link.value === 'lost' && t('lostNote')}
      </span>
    </div>
  );
}

/** A wish is under way: on loopback that is over before anybody reads it. */
function SlowNotice() {
  return (
    <p class="sending" role="status">
      {t('sending')}
    </p>
  );
}

function ToldNotice() {
  const news = told.value;
  if (!news) return null;
  const { tone, title, text, serial } = news;
  return (
    <div class="banner" data-level={tone} role={tone === 'good' ? 'status' : 'alert'} key={serial}>
      <Icon name={tone === 'good' ? 'check' : tone === 'bad' ? 'cross' : 'question'} />
      <span>
        <strong>{title[language.value]}</strong> {text?.[language.value]}
      </span>
      <button type="button" class="plain round" aria-label={t('close')} onClick={untell}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function BackendNotices() {
  const isEnglish = language.value === 'en';
  return (state.value?.notices ?? []).map(({ noticeId, level, titleZh, titleEn, textZh, textEn, ...rest }) => (
    <div class="banner" data-level={level === 'urgent' ? 'bad' : level} key={noticeId}>
      <Icon name="warning" />
      <span>
        <strong>{isEnglish ? (titleEn ?? titleZh) : titleZh}</strong> {isEnglish ? (textEn ?? textZh) : textZh}
      </span>
      {rest.ackRequired && !rest.acknowledged && (
        <button type="button" class="plain" onClick={() => void acknowledge(noticeId)}>
          {t('read')}
        </button>
      )}
    </div>
  ));
}

/** Slips of payments that are not on the screen. */
function SlipQuestions() {
  return (state.value?.questions ?? []).map((slip) => <SlipQuestion slip={slip} key={slip.slipId} />);
}
