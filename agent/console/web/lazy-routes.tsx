import { lazily } from './lazily.tsx';

// What is looked at a few times a day weighs as much as the till's page itself: fetched when somebody comes here.

export const ReportRoute = lazily(async () => (await import('./report-screen.tsx')).ReportScreen);
export const StatementRoute = lazily(async () => (await import('./statement-screen.tsx')).StatementScreen);
