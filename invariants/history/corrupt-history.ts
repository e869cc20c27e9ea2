/** A recorded history contradicts its own format: it cannot be judged. `line` counts from 1. */
export class CorruptHistory extends Error {
  override readonly name = 'CorruptHistory';
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`history line ${line}: ${reason}`);
    this.line = line;
  }
}
