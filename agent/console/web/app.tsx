import { LocationProvider, Route, Router } from 'preact-iso/router';
import { token } from './agent.ts';
import { AmountScreen } from './amount-screen.tsx';
import { BlockBanner, BlockScreen } from './block-screen.tsx';
import { ChoosePinScreen } from './choose-pin.tsx';
import { DeviceTroubles } from './device-strip.tsx';
import { FirstRun } from './first-run.tsx';
import { useGuns } from './gun.ts';
import { t } from './language.ts';
import { RecordRoute, RecordsRoute, ReportRoute, StatementRoute } from './lazy-routes.tsx';
import { Notices } from './notices.tsx';
import { PaymentScreen } from './payment-screen.tsx';
import { isIn, me, welcome } from './people.ts';
import { SignIn } from './sign-in.tsx';
import { shown, shownId, state } from './till.ts';
import { TopBar } from './top-bar.tsx';
import { LiveWords, useVoice } from './voice.tsx';

/** The page: who is there, and what they may see. */
export function App() {
  useVoice();
  useGuns();
  return (
    <LocationProvider>
      <TrainingMark />
      <TopBar isIn={isIn()} />
      <main id="main" tabIndex={-1}>
        <Inside />
      </main>
      <LiveWords />
    </LocationProvider>
  );
}

/** On every screen, also before anybody is signed in. */
function TrainingMark() {
  if (!state.value?.training && !welcome.value?.training) return null;
  return (
    <p class="training-mark" role="status">
      {t('training')}
    </p>
  );
}

function Inside() {
  if (welcome.value?.mode === 'first-run') return <FirstRun welcome={welcome.value} />;
  if (token.value === undefined) return welcome.value ? <SignIn /> : <Notices />;
  if (me.value?.mustChoosePin) return <ChoosePinScreen />;
  return (
    <>
      <Notices />
      <Router>
        <Route path="/" component={Till} />
        <Route path="/records" component={RecordsRoute} />
        <Route path="/records/:orderId" component={RecordRoute} />
        <Route path="/report" component={ReportRoute} />
        <Route path="/statements" component={StatementRoute} />
        <Route default component={Till} />
      </Router>
    </>
  );
}

/** The counter: the order in front of the customer, or the next amount, or why there can be none. */
function Till() {
  const now = state.value;
  if (!now) return null;
  if (shown.value) {
    return (
      <>
        <DeviceTroubles />
        <PaymentScreen shown={shown.value} />
      </>
    );
  }
  if (shownId.value !== undefined) return null;
  if (!now.terminalState.canCollect) return <BlockScreen block={now.terminalState} />;
  return (
    <>
      <BlockBanner />
      <DeviceTroubles />
      <AmountScreen />
    </>
  );
}
