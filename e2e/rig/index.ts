// What a browser test imports: `test` with a shop of its own, and the few things every test does.
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test as base } from '@playwright/test';
import { Api } from './api.ts';
import { type Catalog, type Product, fill } from './catalog.ts';
import { OWNER, start } from './programs.ts';
import { Stripe } from './stripe.ts';

export { Api } from './api.ts';
export { type Product, FILE, make } from './catalog.ts';
export { OWNER } from './programs.ts';
export { Stripe } from './stripe.ts';
export { expect } from '@playwright/test';

/** A shop that runs for one worker's tests. Tests share it: each uses customers of its own, and products if it changes them. */
export interface Shop {
  url: string;
  /** The API, signed in as the owner. */
  owner: Api;
  stripe: Stripe;
  catalog: Catalog;
  /** A caller of the API that nobody knows yet. */
  visitor(): Api;
  /** What server and local Stripe have written so far. */
  log(): string;
}

export interface Person {
  name: string;
  email: string;
  password: string;
}

export const test = base.extend<{ address: string; slow: void; watched: void }, { shop: Shop }>({
  shop: [
    async ({}, use, info) => {
      const programs = await start(info.parallelIndex);
      const visitor = () => new Api(programs.url, address());
      const owner = visitor();
      try {
        await owner.signIn(OWNER.email, OWNER.password);
        const { url, log } = programs;
        await use({ url, owner, visitor, stripe: new Stripe(programs.stripe), catalog: await fill(owner), log });
      } finally {
        await programs.stop();
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: ({ shop }, use) => use(shop.url),
  /** Where the browser seems to come from. */
  address: ({}, use) => use(address()),
  extraHTTPHeaders: ({ address }, use) => use({ 'X-Forwarded-For': address }),
  /** With `E2E_SLOW` every answer of the API takes so many milliseconds longer: shows what holds only on a fast machine. */
  slow: [
    async ({ page }, use) => {
      const delay = Number(process.env.E2E_SLOW ?? 0);
      if (delay > 0) {
        await page.route('**/api/v1/**', async (route) => {
          await sleep(delay);
          await route.continue().catch(() => {});
        });
      }
      await use();
    },
    { auto: true },
  ],
  /** No test may pass over an error in the page's own scripts, or a breach of its content security policy. */
  watched: [
    async ({ page, shop }, use, info) => {
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        const ours = message.location().url.startsWith(shop.url);
        const isAnswer = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && ours && !isAnswer) problems.push(message.text());
      });
      await use();
      if (info.status !== info.expectedStatus) await info.attach('log', { body: shop.log().slice(-20_000) });
      expect(problems, 'errors in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

function address(): string {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

/** Somebody who has never been here. */
export function somebody(name = 'Ada Customer'): Person {
  return { name, email: `${randomUUID()}@example.com`, password: 'a long enough password' };
}

/** Makes an account and signs the browser in with it. The page itself is not asked: that is for the accounts' tests. */
export async function signUp(page: Page, person: Person = somebody()): Promise<Person> {
  const answer = await page.request.post('/api/v1/auth/register', { data: person });
  expect(answer.status(), await answer.text()).toBe(201);
  return person;
}

/** Signs the browser in. */
export async function signIn(page: Page, person: Pick<Person, 'email' | 'password'>): Promise<void> {
  const { email, password } = person;
  const answer = await page.request.post('/api/v1/auth/login', { data: { email, password } });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Pays on Stripe's page at `url`, and waits until the shop knows. */
async function pay(shop: Pick<Shop, 'stripe'>, customer: Api, url: string): Promise<void> {
  const session = Stripe.session(url);
  await shop.stripe.pay(session);
  await expect(async () => {
    const { status } = await customer.get<{ status: string }>(`/checkout/sessions/${session}`);
    expect(status).toBe('complete');
  }).toPass({ timeout: 15_000 });
}

/** Has a customer own `product`, bought and paid. Answers the order's id. */
export async function buy(shop: Shop, person: Person, product: Product): Promise<string> {
  const customer = shop.visitor();
  await customer.signIn(person.email, person.password);
  const items = [{ product_id: product.id, quantity: 1 }];
  const checkout = await customer.post<{ order_id: string; url: string }>('/checkout/sessions', { items });
  await pay(shop, customer, checkout.url);
  return checkout.order_id;
}

/** Has a customer subscribe to a plan, and pay. Answers their API, and the subscription's id. */
export async function subscribe(shop: Pick<Shop, 'visitor' | 'stripe'>, person: Person, plan: { id: string }): Promise<[Api, string]> {
  const customer = shop.visitor();
  await customer.signIn(person.email, person.password);
  const checkout = await customer.post<{ url: string }>('/checkout/sessions', { plan_id: plan.id });
  await pay(shop, customer, checkout.url);
  const { data } = await customer.get<{ data: { id: string }[] }>('/subscriptions');
  return [customer, data[0]!.id];
}

/** axe finds nothing on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  // Not before there is a page: what comes after a navigation is empty at first.
  await expect(page.locator('h1').first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
  expect(found, 'what axe finds').toEqual([]);
}

/** Pictures of the page as it is now: phone, tablet and desk, light and dark. For looking at, not for comparing: none where nobody looks. */
export async function photograph(page: Page, name: string): Promise<void> {
  if (process.env.CI) return;
  const before = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [width, height] of [[360, 740], [768, 1024], [1280, 800]] as const) {
      await page.setViewportSize({ width, height });
      const path = fileURLToPath(new URL(`../screenshots/${name}-${width}-${colorScheme}.png`, import.meta.url));
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
