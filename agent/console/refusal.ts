import type { Problem } from './problems.ts';

/** A handler's "no": the app turns it into the answer. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}
