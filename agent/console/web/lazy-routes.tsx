import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { tellUnsent } from './told.ts';

// What is looked at a few times a day weighs as much as the till's page itself: fetched when somebody comes here.

export const ReportRoute = lazily(async () => (await import('./report-screen.tsx')).ReportScreen);
export const StatementRoute = lazily(async () => (await import('./statement-screen.tsx')).StatementScreen);

function lazily(load: () => Promise<FunctionComponent>): FunctionComponent {
  return () => {
    const [Screen, setScreen] = useState<FunctionComponent | undefined>(undefined);
    useEffect(() => {
      load()
        .then((loaded) => setScreen(() => loaded))
        .catch(tellUnsent);
    }, []);
    return Screen ? <Screen /> : null;
  };
}
