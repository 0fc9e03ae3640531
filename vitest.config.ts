/**
 * How the tests run: in Node, a process of its own for every file, with the line that counts as the last one printed.
 *
 * Processes and not threads, because tests start worker threads and stop them, change the working directory and kill what they
 * started: a thread pool would share all of that. As many files at a time as there are cores: one less, the usual, is one on two cores.
 * A minute a test is a bound against hanging, not a budget.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LastLineReporter } from './test/reporter.ts';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    reporters: ['default', new LastLineReporter()],
  },
});
