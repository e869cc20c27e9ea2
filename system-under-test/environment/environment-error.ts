/** The parts of a message that a user can act on. */
export interface EnvironmentErrorParts {
  /** What is wrong, one sentence. */
  readonly what: string;
  /** Where: component, file, port. */
  readonly where: string;
  /** What the user can do next. */
  readonly todo: string;
}

/** Something about the environment that a user can see and change. The CLI prints the parts and exits with 4. */
export class EnvironmentError extends Error implements EnvironmentErrorParts {
  readonly what: string;
  readonly where: string;
  readonly todo: string;

  constructor(parts: EnvironmentErrorParts, options?: ErrorOptions) {
    super(`${parts.what} (${parts.where}). ${parts.todo}`, options);
    this.name = new.target.name;
    this.what = parts.what;
    this.where = parts.where;
    this.todo = parts.todo;
  }
}
