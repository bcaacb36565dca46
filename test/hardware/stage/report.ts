import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** The part of vitest's JSON report that is counted. */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** A skipped test, a file that broke before its first test and a guest that ended badly are failures. */
export function countOf(file: string, code: number | undefined): Count {
  const report = reportIn(file);
  if (!report) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + broken + report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** Whether the one test that was meant to fail did, for whatever reason; `undefined`: it never ran. */
export function wasRed(file: string): boolean | undefined {
  const report = reportIn(file);
  const ran = report?.testResults.some(({ assertionResults }) =>
    assertionResults.some(({ status }) => status === 'passed' || status === 'failed'),
  );
  return report && ran
    ? report.numFailedTests > 0 || report.testResults.some(({ status }) => status === 'failed')
    : undefined;
}

function reportIn(file: string): z.infer<typeof Report> | undefined {
  try {
    return Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    process.stderr.write(`no report: ${String(error)}\n`);
    return undefined;
  }
}
