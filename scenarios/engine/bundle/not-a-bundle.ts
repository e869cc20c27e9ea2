import { ExplainedError } from '../../model/explained-error.ts';

/** The folder does not hold what every run writes first. */
export class NotABundle extends ExplainedError {
  constructor(dir: string, missing: string) {
    super({
      what: `this is no bundle of a run: ${missing}`,
      where: dir,
      todo: 'give the folder that `chaos run` named at its end',
    });
  }
}
