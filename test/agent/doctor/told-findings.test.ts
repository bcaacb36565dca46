import { describe, expect, it } from 'vitest';
import type { CheckStatus } from '../../../agent/doctor/check.ts';
import type { Report } from '../../../agent/doctor/report.ts';
import { toldFindings } from '../../../agent/doctor/told-findings.ts';
import { MAX_MESSAGE_BYTES } from '../../../protocols/backend/fields.ts';

const STATUSES = ['ok', 'warn', 'not-run', 'fail'] as const satisfies readonly CheckStatus[];

/** As many checks as there can be, each with all that a text may say. */
function report(cause: string, count = 64): Report {
  const checks = Array.from({ length: count }, (_, index) => ({
    code: `CHECK_${String(index).padStart(2, '0')}`,
    title: '检查',
    status: STATUSES[index % STATUSES.length] ?? 'ok',
    cause,
    remedy: cause,
  }));
  return { ok: false, checks };
}

describe('what the backend is told of a diagnosis', () => {
  it.each([
    ['Chinese: 3 bytes a character', '序'.repeat(500)],
    ['line feeds: escaped', '\n'.repeat(500)],
    ['control characters: 6 bytes each', '\u0001'.repeat(500)],
  ])('%s: it fits into a message; the worst stands first, and how many found no room is said', (_what, text) => {
    const told = toldFindings(report(text));
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(MAX_MESSAGE_BYTES - 8_192);
    const { checks, leftOut = 0 } = told;
    expect(checks.length + leftOut).toBe(64);
    const failed = report(text).checks.filter(({ status }) => status === 'fail');
    const first = checks.slice(0, failed.length).map(({ code }) => code);
    expect(first).toEqual(failed.map(({ code }) => code).slice(0, first.length));
    expect(checks.length).toBeGreaterThan(8);
  });

  it('what fits is told whole, the worst first and else as the doctor asks', () => {
    const told = toldFindings(report('坏了', 8));
    expect(told).not.toHaveProperty('leftOut');
    expect(told.checks.map(({ code, status }) => `${code} ${status}`)).toEqual([
      'CHECK_03 fail',
      'CHECK_07 fail',
      'CHECK_01 warn',
      'CHECK_05 warn',
      'CHECK_02 not-run',
      'CHECK_06 not-run',
      'CHECK_00 ok',
      'CHECK_04 ok',
    ]);
  });
});
