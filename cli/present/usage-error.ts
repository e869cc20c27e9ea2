/** The command line asks for something that does not exist; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly what: string;
  readonly todo: string;

  constructor(what: string, todo: string) {
    super(`${what} ${todo}`);
    this.what = what;
    this.todo = todo;
  }
}
