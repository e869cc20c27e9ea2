export interface Explanation {
  readonly what: string;
  /** File, component or step concerned; empty when `what` says it all. */
  readonly where?: string;
  /** What a person can do about it. */
  readonly todo: string;
}

/** An error that a person can do something about. Each situation is a class of its own, named after it. */
export abstract class ExplainedError extends Error {
  readonly what: string;
  readonly where: string;
  readonly todo: string;

  constructor({ what, where = '', todo }: Explanation, options?: ErrorOptions) {
    super(where === '' ? what : `${what} (${where})`, options);
    this.name = new.target.name;
    this.what = what;
    this.where = where;
    this.todo = todo;
  }
}
