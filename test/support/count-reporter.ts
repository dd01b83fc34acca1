/**
 * Closes a test run with one line that people and programs read alike: `12 passed, 0 failed, 1 skipped`. Before it stands
 * what failed before it passed and why, and what this machine could not run, by name, where a test says why: `(skipped: no such runtime)`.
 */
import type { Reporter, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state, errors } = test.result();
        count[state] += 1;
        if (state === 'passed' && (test.diagnostic()?.retryCount ?? 0) > 0) {
          process.stdout.write(`passed at the second attempt only: ${test.fullName}\n`);
          for (const { message } of errors ?? []) process.stdout.write(`  ${message.replaceAll('\n', '\n  ')}\n`);
        }
        if (state === 'skipped' && test.fullName.includes('(skipped: ')) process.stdout.write(`${test.fullName}\n`);
      }
      // A file that could not be loaded, or a hook that failed, fails the run without a test of its own.
      const noneFailed = tests.every((test) => test.result().state !== 'failed');
      if (module.state() === 'failed' && noneFailed) count.failed += 1;
    }
    const skipped = count.skipped + count.pending;
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`);
  }
}
