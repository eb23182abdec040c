import { inWords } from '../../shared/depth.ts';
import type { Problem } from '../../shared/errors.ts';

/** What is wrong with the fields of one object of a request, as it is found. */
export class Findings {
  readonly problems: Problem[] = [];

  constructor(private readonly parent: string) {}

  path(field: string): string {
    return `${this.parent}.${field}`;
  }

  say(field: string, what: string): void {
    this.problems.push({ field: this.path(field), message: `${this.path(field)} ${what}` });
  }

  /** Names the value that was found, or that there is none, and what is allowed instead. */
  wrong(field: string, value: unknown, allowed: string): void {
    this.say(field, `is ${inWords(value)}; allowed: ${allowed}`);
  }
}
