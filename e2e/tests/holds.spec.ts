// Times that wait for their money: how many, how they end, and money that comes too late.
import type { Page } from '@playwright/test';
import { chooseTime, expectNoSidewaysScroll, open, service, starts } from '../rig/calendar.ts';
import { type Api, type Product, type Shop, Stripe, expect, expectAccessible, photograph, signUp, test } from '../rig/index.ts';

interface Checkout {
  order_id: string;
  url: string;
}

/** Somebody who is signed in, and their API. */
async function visitor(page: Page, shop: Shop): Promise<Api> {
  const ada = await signUp(page);
  const customer = shop.visitor();
  await customer.signIn(ada.email, ada.password);
  return customer;
}

/** Orders a time; it is held from then on. */
function hold(customer: Api, product: Product, start: string): Promise<Checkout> {
  const booking = { start, time_zone: 'Europe/Berlin', answers: {} };
  return customer.post('/checkout/sessions', { items: [{ product_id: product.id, quantity: 1, booking }] });
}

test('who holds enough times lets go of one before another', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const product = await service(shop.owner);
  const customer = await visitor(page, shop);
  const held: Checkout[] = [];
  for (const start of (await starts(customer, product)).slice(0, 5)) held.push(await hold(customer, product, start));

  await page.goto(`/products/${product.slug}/book`);
  await chooseTime(page);
  await page.getByRole('button', { name: /^Hold / }).click();
  await expect(page.getByRole('alert')).toHaveText(/^You hold 5 times that are not paid yet.* \(Europe\/Berlin/);
  await expectAccessible(page);
  await photograph(page, 'too-many-held');

  await page.getByRole('link', { name: 'Your orders' }).click();
  await page.getByRole('link', { name: /^Order / }).first().click();
  await expect(page.getByRole('link', { name: 'Go on to pay' })).toHaveAttribute('href', held[4]!.url);
  await expectAccessible(page);
  await photograph(page, 'order-unpaid');
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  const sure = page.getByRole('dialog', { name: 'Cancel this order?' });
  await expectAccessible(page);
  await sure.getByRole('button', { name: 'Cancel the order' }).click();
  await expect(page.getByText('Never paid', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go on to pay' })).toBeHidden();

  await page.goto(`/products/${product.slug}/book`);
  await chooseTime(page);
  await page.getByRole('button', { name: /^Hold / }).click();
  await page.waitForURL(/cs_/);
});

test('while the bank takes its time, the page says which time is held', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const product = await service(shop.owner);
  const customer = await visitor(page, shop);
  const [start] = await starts(customer, product);
  const session = Stripe.session((await hold(customer, product, start!)).url);
  await page.goto(`/checkout/success?session_id=${session}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Not paid yet' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go on to pay' })).toBeVisible();
  await shop.stripe.pay(session, 'bank_debit');
  await expect(page.getByRole('heading', { level: 1, name: 'Your payment is on its way' })).toBeVisible();
  await expect(page.getByText(/\(Europe\/Berlin\)$/)).toBeVisible();
  await expect(page.getByText('Yours until the bank has answered.')).toBeVisible();
  await photograph(page, 'processing-appointment');
  await shop.stripe.settle(session, 'failed');
  await expect(page.getByRole('heading', { level: 1, name: 'The payment did not go through' })).toBeVisible();
  await page.getByRole('link', { name: 'Choose another time' }).click();
  await expect(page).toHaveURL(`/products/${product.slug}/book`);
});

test('money that came too late for its time is said to go back', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const product = await service(shop.owner);
  const customer = await visitor(page, shop);
  const [start] = await starts(customer, product);
  const session = Stripe.session((await hold(customer, product, start!)).url);
  await shop.stripe.pay(session);
  // As the shop answers then; that it does is for its own tests.
  await page.route('**/api/v1/checkout/sessions/*', async (route) => {
    const answer = await route.fetch();
    const found = await answer.json();
    found.order.status = 'refunded';
    found.order.refunded = found.order.total;
    found.order.lines[0].refunded = true;
    found.order.lines[0].booking.status = 'gone';
    await route.fulfill({ response: answer, json: found });
  });
  await page.goto(`/checkout/success?session_id=${session}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Your time was no longer free' })).toBeVisible();
  await expect(page.getByText(/\(Europe\/Berlin\) is no longer free\. Nothing is booked, and all of your money, \$50\.00, goes back to you\.$/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'success-too-late');
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'Choose another time' }).click();
  await expect(page).toHaveURL(`/products/${product.slug}/book`);
});
