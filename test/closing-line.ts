import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends the output of a test run with one plain line: `12 passed, 0 failed, 1 skipped`.
 *
 * It is meant for programs, so it has no colour and comes after everything else, the coverage table too: at process
 * exit. Whatever makes a run red counts as failed: a test, a hook, a file that cannot be loaded, an unhandled error.
 */
export class ClosingLine implements Reporter {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  onInit(): void {
    process.once("exit", () => {
      console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#passed = 0;
    this.#skipped = 0;
    this.#failed = unhandledErrors.length;
    for (const module of modules) {
      this.#failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.#failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") this.#passed++;
        else if (state === "failed") this.#failed++;
        else this.#skipped++;
      }
    }
  }
}
