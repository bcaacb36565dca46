import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { tellUnsent } from './told.ts';

/** The report and its chart weigh as much as half of the till's page: fetched when somebody comes here. */
export function ReportRoute() {
  const [Screen, setScreen] = useState<FunctionComponent | undefined>(undefined);
  useEffect(() => {
    import('./report-screen.tsx').then(({ ReportScreen }) => setScreen(() => ReportScreen)).catch(tellUnsent);
  }, []);
  return Screen ? <Screen /> : null;
}
