/**
 * Preload: `node --import <this file>`. Every TCP connection of a Node process ends in `net.Socket.prototype.connect`,
 * whatever driver opens it and wherever it got the address from, so this is the one place where a client that follows
 * advertised listeners, replica-set members or MOVED redirects can be kept on its links without knowing it.
 */
import { Socket } from 'node:net';
import { openRedirectLog } from './bypass-log.ts';
import { connectTarget, withLoopbackPort } from './connect-arguments.ts';
import { REDIRECT_VARIABLES } from './redirect-environment.ts';
import { parseRedirectSettings, RedirectMap } from './redirect-map.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set; start this process with what redirectEnvironment() returns`);
  return value;
}

const settings = parseRedirectSettings(required(REDIRECT_VARIABLES.links));
const map = new RedirectMap(settings);
const log = openRedirectLog(required(REDIRECT_VARIABLES.bypassLog));
const bypass = (target: string): void => log({ kind: 'bypass', client: settings.client, target, atMs: Date.now() });

const connect = Socket.prototype.connect;

function redirectedConnect(this: Socket, ...args: unknown[]): unknown {
  const target = connectTarget(args);
  if (target.kind === 'path') bypass(`unix:${target.path}`);
  if (target.kind !== 'tcp') return Reflect.apply(connect, this, args);
  const route = map.route(target.host, target.port);
  if (route.kind === 'bypass') bypass(route.target);
  return Reflect.apply(connect, this, route.kind === 'redirect' ? withLoopbackPort(args, route.proxyPort) : args);
}

Object.defineProperty(Socket.prototype, 'connect', { value: redirectedConnect, writable: true, configurable: true });
log({ kind: 'registered', client: settings.client, pid: process.pid, atMs: Date.now() });
