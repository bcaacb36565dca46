import { lazily } from './lazily.tsx';

// What is looked at now and then is fetched when somebody comes to it: the till's own screen is there the sooner.

export const RecordsRoute = lazily(async () => (await import('./records-screen.tsx')).RecordsScreen);
export const RecordRoute = lazily(async () => (await import('./record-screen.tsx')).RecordScreen);
export const ReportRoute = lazily(async () => (await import('./report-screen.tsx')).ReportScreen);
export const StatementRoute = lazily(async () => (await import('./statement-screen.tsx')).StatementScreen);
