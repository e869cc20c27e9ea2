import Check from './check.ts';
import Defects from './defects.ts';
import Doctor from './doctor.ts';
import Down from './down.ts';
import Rto from './rto.ts';
import Run from './run.ts';
import Status from './status.ts';
import Up from './up.ts';

/** Every command; the key is what the user types. */
export const COMMANDS = {
  check: Check,
  defects: Defects,
  doctor: Doctor,
  down: Down,
  rto: Rto,
  run: Run,
  status: Status,
  up: Up,
};
