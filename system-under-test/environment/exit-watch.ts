import { ALL_COMPONENTS, COMPONENTS, type ComponentName } from '../contract/components.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import type { ChildExit } from './keeper/protocol.ts';
import { toxiproxyProcess } from './port-plan.ts';

export type ExitListener = (component: ComponentName, detail: string) => void;

/**
 * Tells which component's process ended although nobody asked. A Toxiproxy server counts for the client whose links
 * it carries. Made before the first process starts; a late listener hears of earlier exits at once.
 */
export class ExitWatch {
  readonly #seen: (readonly [ComponentName, string])[] = [];
  readonly #listeners: ExitListener[] = [];

  constructor(client: KeeperClient, components: readonly ComponentName[]) {
    client.onEvent((event) => {
      if (event.event === 'exit' && !event.asked) this.#exited(event);
    });
    client.onLost(() => {
      for (const name of components) this.#tell(name, 'the keeper process died, and every component with it');
    });
  }

  listen(listener: ExitListener): void {
    for (const [component, detail] of this.#seen) listener(component, detail);
    this.#listeners.push(listener);
  }

  #exited({ name, pid, code, signal }: ChildExit): void {
    const component = ALL_COMPONENTS.find((each) => each === name || toxiproxyProcess(each) === name);
    if (component === undefined) return;
    const what = component === name ? COMPONENTS[component].kind : name;
    this.#tell(component, `${what} process ${pid} ended with ${signal === null ? `code ${code}` : signal}`);
  }

  #tell(component: ComponentName, detail: string): void {
    this.#seen.push([component, detail]);
    for (const listener of this.#listeners) listener(component, detail);
  }
}
