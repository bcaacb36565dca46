import type { ClosingEvent } from '../../protocols/backend/closings.ts';
import type { Report } from './report.ts';

/** What the backend is told of a closing: the report without what is for looking at only. */
export function closingEvent(period: 'shift' | 'day', report: Report, closedBy: string): ClosingEvent {
  const { kind: _kind, byHour: _byHour, number = 1, rows, holds, ...told } = report;
  const standing = holds && { holds: { ...holds, named: [...holds.named] } };
  return { type: 'closing', ...told, ...standing, period, number, closedBy, rows: [...rows] };
}
