import { lazily } from './lazily.tsx';

// What a person is asked now and then, fetched when it is asked.

export const ResolveDialog = lazily(async () => (await import('./resolve-dialog.tsx')).ResolveDialog);
export const BeginHoldDialog = lazily(async () => (await import('./hold-dialogs.tsx')).BeginHoldDialog);
export const CompleteHoldDialog = lazily(async () => (await import('./hold-dialogs.tsx')).CompleteHoldDialog);
export const CancelHoldDialog = lazily(async () => (await import('./hold-dialogs.tsx')).CancelHoldDialog);
