/**
 * A bug planted in the system under test to put the judge on trial: text replacements that are applied when a module
 * is loaded, so that no switch for it stands in the services' code. One JSON file each under `defects/catalog/`.
 */
export interface Defect {
  readonly name: string;
  readonly summary: string;
  /** Invariants that must be among the violated ones when a run meets the defect. */
  readonly invariants: readonly string[];
  /** The scenario whose faults bring it to light. */
  readonly scenario: string;
  /** Each `find` stands exactly once in its module (path from the repository's root). */
  readonly replacements: readonly { readonly module: string; readonly find: string; readonly replace: string }[];
}
