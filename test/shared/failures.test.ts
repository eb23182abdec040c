import { describe, expect, it } from 'vitest';
import { countsOf, failuresOf, type Report } from '../../scripts/failures.ts';

const test = (fullName: string, status: string, ...failureMessages: string[]) => ({
  fullName,
  status,
  failureMessages,
});
const file = (
  name: string,
  status: string,
  assertionResults: Report['testResults'][number]['assertionResults'],
  message = '',
) => ({ name: `/root/test/${name}`, status, message, assertionResults });
const report = (...testResults: Report['testResults']): Report => ({
  numPassedTests: 1,
  numFailedTests: testResults.flatMap((one) => one.assertionResults).filter((one) => one.status === 'failed')
    .length,
  numFailedTestSuites: testResults.filter(({ status }) => status === 'failed').length,
  testResults,
});

describe('the end of the log', () => {
  it('names each failed test with its file and the first dozen lines of why, without colours', () => {
    const why = Array.from({ length: 30 }, (_, line) => `\u001B[31mline ${line}\u001B[39m`).join('\n');
    const failed = report(
      file('a.test.ts', 'failed', [test('is right', 'passed'), test('is wrong', 'failed', why)]),
      file('b.test.ts', 'passed', [test('is right', 'passed')]),
    );
    const [only = '', ...others] = failuresOf(failed, '/root');
    expect(others).toEqual([]);
    const lines = only.split('\n');
    expect(lines[0]).toBe('FAILED: test/a.test.ts: is wrong');
    expect(lines.slice(1).map((line) => line.trim())).toEqual(
      Array.from({ length: 12 }, (_, line) => `line ${line}`),
    );
    expect(countsOf(failed)).toEqual([1, 1]);
  });

  it('names a file that failed without a failed test: an import, a hook', () => {
    const failed = report(file('c.test.ts', 'failed', [test('was not run', 'skipped')], 'Cannot find x'));
    expect(failuresOf(failed, '/root')).toEqual([
      'FAILED: test/c.test.ts: the file or one of its hooks\n    Cannot find x',
    ]);
    expect(countsOf(failed)).toEqual([1, 1]);
  });

  it('is empty when all is well', () => {
    expect(failuresOf(report(file('a.test.ts', 'passed', [test('is right', 'passed')])), '/root')).toEqual(
      [],
    );
  });
});
