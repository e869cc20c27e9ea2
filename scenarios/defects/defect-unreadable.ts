/** A defect could not be had: what was wrong in which file, and what to do about it. */
export class DefectUnreadable extends Error {
  readonly file: string;
  readonly what: string;
  readonly todo: string;

  constructor(problem: {
    readonly file: string;
    readonly what: string;
    readonly todo: string;
    readonly cause?: unknown;
  }) {
    super(`defect ${problem.file}: ${problem.what}. ${problem.todo}`, { cause: problem.cause });
    this.name = new.target.name;
    this.file = problem.file;
    this.what = problem.what;
    this.todo = problem.todo;
  }
}
