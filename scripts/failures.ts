/**
 * tsx scripts/failures.ts REPORT: reads vitest's JSON report of a step. Prints how many tests passed and failed
 * (`3378 1`) and, to stderr, what failed, short enough for the end of a log.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What is read of vitest's JSON report. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Of the file itself, e.g. when it cannot be imported. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const LINES = 12;

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const head = (message: string): string =>
  message
    .replaceAll(ESCAPES, '')
    .split('\n')
    .slice(0, LINES)
    .map((line) => `    ${line}`)
    .join('\n');

/** One text a failed test: file, name, the first lines of why. A file that failed without a failed test is one too. */
export function failuresOf({ testResults }: Report, root: string): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed')
      return [`FAILED: ${file}: the file or one of its hooks\n${head(message || 'see above for why')}`];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `FAILED: ${file}: ${fullName}\n${head(failureMessages.join('\n') || 'without a message')}`,
    );
  });
}

/** Tests that passed, and what failed: a suite whose hook failed counts once, even when it has no failed test. */
export function countsOf(report: Report): readonly [passed: number, failed: number] {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = report;
  return [numPassedTests, Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0)];
}

if (process.argv[1] === import.meta.filename) {
  const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report;
  console.log(countsOf(report).join(' '));
  for (const failure of failuresOf(report, process.cwd())) console.error(failure);
}
