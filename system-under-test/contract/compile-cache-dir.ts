import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where Node keeps compiled code unless told otherwise (its documentation, `module.enableCompileCache`). Without it a dozen processes
 * compile the same drivers at every start and every restart; one for all environments, so that the first start is quick as well.
 */
export const COMPILE_CACHE_DIR = join(tmpdir(), 'node-compile-cache');
