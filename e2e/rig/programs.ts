// Starts the server and the local Stripe for one worker, each on a free port, with a database of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const OWNER = { email: 'owner@example.com', password: 'owner of the shop' };

const WEBHOOK_SECRET = 'whsec_browser_tests';

/** What runs for one worker. */
export interface Programs {
  /** Where the shop is. */
  url: string;
  /** Where the local Stripe is. */
  stripe: string;
  /** What the programs have written so far. */
  log(): string;
  /** Ends the programs and deletes their data. */
  stop(): Promise<void>;
}

/** Starts a shop; `settings` come on top of those that all tests share. */
export async function start(worker: number, settings: Record<string, string> = {}): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-e2e-'));
  const log = join(folder, 'log');
  const [shopPort, stripePort] = [await freePort(), await freePort()];
  const [url, stripe] = [`http://localhost:${shopPort}`, `http://localhost:${stripePort}`];

  const running: ChildProcess[] = [];
  const run = (program: string, args: string[], environment: Record<string, string>) => {
    const output = openSync(log, 'a');
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, RUST_BACKTRACE: '1', RUST_LOG: 'info', ...environment },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    running.push(child);
    return child;
  };
  const stop = async () => {
    await Promise.all(running.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  // A worker that ends by an error must leave nothing running either.
  process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

  try {
    const double = run(program('E2E_STRIPE'), [
      ...['--bind', `127.0.0.1:${stripePort}`, '--public-url', stripe],
      ...['--webhook-url', `${url}/api/v1/webhooks/stripe`, '--webhook-secret', WEBHOOK_SECRET],
      // Delayed payments wait until a test settles them.
      ...['--settle-after', '0'],
    ], {});
    await answers(`${stripe}/_sandbox/clock`, double, log);
    const server = run(program('E2E_SERVER'), ['serve'], {
      VITRINE_BIND: `127.0.0.1:${shopPort}`,
      VITRINE_PUBLIC_URL: url,
      VITRINE_DATA_DIR: join(folder, 'data'),
      VITRINE_WEB_DIR: program('E2E_WEB_DIR'),
      VITRINE_ADMIN_EMAIL: OWNER.email,
      VITRINE_ADMIN_PASSWORD: OWNER.password,
      // Every test comes from an address of its own (see index.ts), so that they share no rate limit.
      VITRINE_TRUSTED_PROXIES: '127.0.0.1',
      STRIPE_SECRET_KEY: 'sk_test_browser_tests',
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_BASE: stripe,
      ...database(worker),
      ...settings,
    });
    await answers(`${url}/readyz`, server, log);
  } catch (problem) {
    await stop();
    throw problem;
  }
  return { url, stripe, log: () => readFileSync(log, 'utf8'), stop };
}

/** A new database in the PostgreSQL that was started for the tests; without one, SQLite in the data folder. */
function database(worker: number): Record<string, string> {
  const admin = process.env.E2E_POSTGRES;
  if (!admin) return {};
  const name = `e2e_${process.pid}_${worker}`;
  execFileSync(process.env.E2E_PSQL ?? 'psql', ['--quiet', '--command', `create database ${name}`, admin]);
  const url = new URL(admin);
  url.pathname = name;
  return { DATABASE_URL: url.href };
}

function program(variable: string): string {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: run the browser tests by \`cargo xtask e2e\``);
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function answers(url: string, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} does not answer:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(killer);
}
