import { ExplainedError } from '../../model/explained-error.ts';

/** A file of a bundle is there but is not what the engine writes. `file` is its name within the bundle. */
export class CorruptBundle extends ExplainedError {
  readonly file: string;

  constructor(file: string, what: string, options?: ErrorOptions) {
    super(
      { what, where: `${file} of the bundle`, todo: 'use an unchanged copy of the bundle, or repeat the run' },
      options,
    );
    this.file = file;
  }
}
