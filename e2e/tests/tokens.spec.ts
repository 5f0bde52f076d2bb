// Tokens of a plan: spent on appointments, given back, corrected by the owner; and a plan whose card fails.
import type { Page } from '@playwright/test';
import { chooseTime, open, service } from '../rig/calendar.ts';
import { Api, OWNER, type Shop, Stripe, buy, expect, expectAccessible, photograph, signIn, signUp, somebody, subscribe, test } from '../rig/index.ts';
import { start } from '../rig/programs.ts';

/** A plan that only this test has. */
function plan(owner: Api, tokens: number): Promise<{ id: string; name: string }> {
  const name = `Studio ${crypto.randomUUID().slice(0, 8)}`;
  const price = { amount: 2900, currency: 'usd' };
  return owner.post('/admin/plans', { name, price, interval: 'month', tokens_per_period: tokens, rollover_cap: 2 });
}

/** A customer in the browser with a plan of so many tokens; `name` as the owner sees it. */
async function subscriber(page: Page, shop: Shop, tokens: number, name = 'Ada Customer') {
  const [seat, ada] = [await plan(shop.owner, tokens), somebody(name)];
  await signUp(page, ada);
  const [customer, subscription] = await subscribe(shop, ada, seat);
  return { seat, ada, customer, subscription };
}

test('tokens pay for an appointment, and come back when it is cancelled in time', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const lesson = await service(shop.owner, { token_cost: 1, cancel_until_minutes: 60, location: 'Studio 2' });
  const { seat, subscription } = await subscriber(page, shop, 4);

  await page.goto('/dashboard');
  const toSpend = page.getByRole('region', { name: 'Tokens' });
  await expect(toSpend).toContainText('4 tokens to spend');
  await expectAccessible(page);
  await photograph(page, 'dashboard-tokens');
  await toSpend.getByRole('link', { name: 'Book with tokens' }).click();
  await expect(page.getByRole('heading', { name: seat.name })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Book with tokens' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'plan-tokens');

  await page.getByRole('link', { name: `Book ${lesson.name}` }).click();
  await expect(page.getByRole('radio', { name: `1 token of your plan ${seat.name}` })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'Pay $50.00 now' })).not.toBeChecked();
  await expect(page.getByText('Uses 1 of your 4 tokens')).toBeVisible();
  await chooseTime(page);
  await expect(page.getByText(/^Free to cancel or move until .*: the token comes back\.$/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'book-with-tokens');
  await page.getByRole('button', { name: /^Book .* with 1 token$/ }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'It is booked' })).toBeVisible();
  await expect(page.getByText(/^Booked: .*\. 3 tokens are left\.$/)).toBeVisible();
  await expect(page.getByText('Paid with 1 token')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'bookings-tokens');
  await page.goto('/account/plan');
  await expect(page.getByText('3 tokens to spend')).toBeVisible();
  await expect(page.getByText('Spent 1 of 4 tokens this period').first()).toBeVisible();

  await page.goto('/dashboard/bookings');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  const sure = page.getByRole('dialog');
  await expect(sure.getByText('The token comes back to you.')).toBeVisible();
  await sure.getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(page.getByText('Cancelled. Your token is back.')).toBeVisible();

  await page.goto(`/account/plan/${subscription}/tokens`);
  await expect(page.getByText('4 tokens to spend')).toBeVisible();
  await expect(page.getByText(/^Renews on/)).toBeVisible();
  const lines = page.getByRole('listitem');
  await expect(lines.filter({ hasText: 'An appointment was cancelled' })).toContainText('+1');
  await expect(lines.filter({ hasText: 'Booked an appointment' })).toContainText('−1');
  await expectAccessible(page);
  await photograph(page, 'token-statement');
  await lines.filter({ hasText: 'Booked an appointment' }).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your appointment' })).toBeVisible();
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible();
  await expectAccessible(page);
});

test('what was bought pays first, tokens can be chosen, and what is missing is said', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const [lesson, dear] = [await service(shop.owner, { token_cost: 2 }), await service(shop.owner, { token_cost: 9 })];
  const { seat, ada, customer } = await subscriber(page, shop, 3);
  await buy(shop, ada, lesson);

  await page.goto(`/products/${lesson.slug}`);
  await expect(page.getByText('Uses 2 of your 3 tokens')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'product-tokens');
  const { data } = await customer.get<{ data: { id: string; product: { id: string } }[] }>('/entitlements');
  const own = data.find((each) => each.product.id === lesson.id)!;
  await page.goto(`/dashboard/bookings/new/${own.id}`);
  await expect(page.getByRole('radio', { name: 'An appointment you own' })).toBeChecked();
  await chooseTime(page);
  await expect(page.getByRole('button', { name: /^Book .*[AP]M$/ })).toBeVisible();
  await page.getByRole('radio', { name: `2 tokens of your plan ${seat.name}` }).check();
  await expectAccessible(page);
  await photograph(page, 'book-two-ways');
  await page.getByRole('button', { name: /^Book .* with 2 tokens$/ }).click();
  await expect(page.getByText('Paid with 2 tokens')).toBeVisible();

  // One token is left: neither service can be had for it.
  await page.goto('/account/plan');
  await expect(page.getByRole('listitem').filter({ hasText: lesson.name })).toContainText('1 more needed');
  await expect(page.getByRole('listitem').filter({ hasText: dear.name })).toContainText('8 more needed');
  await page.goto(`/products/${dear.slug}/book?with=tokens`);
  await expect(page.getByText('With your plan it costs 9 tokens; you have 1, so 8 are missing.')).toBeVisible();
  await chooseTime(page);
  await expect(page.getByRole('button', { name: /^Hold .* and pay$/ })).toBeVisible();
  await photograph(page, 'book-too-few-tokens');
  await page.getByRole('link', { name: 'See the plans' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible();
});

test('who has no plan is told what a service costs with one', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const lesson = await service(shop.owner, { token_cost: 2 });
  await page.goto(`/products/${lesson.slug}`);
  await expect(page.getByText('With a plan it costs 2 tokens.')).toBeVisible();
  await page.goto(`/products/${lesson.slug}/book`);
  await page.getByRole('link', { name: 'Sign in to use yours' }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  expect(new URL(page.url()).searchParams.get('next')).toBe(`/products/${lesson.slug}/book?with=tokens`);
});

test('the owner finds a subscription and corrects its tokens, which the customer reads', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const lesson = await service(shop.owner, { token_cost: 1 });
  const { seat, ada, customer, subscription } = await subscriber(page, shop, 4, 'Grace Adjusted');
  const from = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const to = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  const { days } = await customer.get<{ days: { slots: { start: string }[] }[] }>(`/services/${lesson.slug}/slots?from=${from}&to=${to}&time_zone=UTC`);
  const start = days.flatMap((day) => day.slots)[0]!.start;
  await customer.post('/bookings', { product_id: lesson.id, start, time_zone: 'UTC', answers: {}, pay_with: { kind: 'tokens', id: subscription } });

  await signIn(page, OWNER);
  await page.goto('/admin');
  await page.getByRole('link', { name: 'Subscriptions' }).first().click();
  await page.getByPlaceholder('Name, e-mail or plan').fill(seat.name);
  await page.getByPlaceholder('Name, e-mail or plan').press('Enter');
  await expect(page).toHaveURL(/q=Studio/);
  const row = page.getByRole('row').filter({ hasText: seat.name });
  await expect(row).toContainText('Active');
  await page.getByRole('combobox', { name: 'Any status' }).selectOption('Payment missing');
  await expect(page).toHaveURL(/status=past_due/);
  await expect(page.getByRole('heading', { name: 'No subscriptions' })).toBeVisible();
  await photograph(page, 'admin-subscriptions-empty');
  await page.goto('/admin/subscriptions');
  await expect(row).toBeVisible();
  await expect(page.getByText('Ledger, lots and balances agree.')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'admin-subscriptions');
  await row.getByRole('link', { name: 'Grace Adjusted' }).click();

  await expect(page.getByRole('heading', { level: 1, name: `Grace Adjusted, ${seat.name}` })).toBeVisible();
  const lines = page.getByRole('listitem');
  await expect(lines.filter({ hasText: 'Booked an appointment' }).getByRole('link')).toContainText(lesson.name);
  await page.getByRole('button', { name: 'Give or take tokens' }).click();
  const dialog = page.getByRole('dialog', { name: 'Give or take tokens' });
  await dialog.getByRole('radio', { name: 'Take' }).check();
  await dialog.getByLabel('How many').fill('99');
  await dialog.getByRole('button', { name: 'Take 99 tokens' }).click();
  await expect(dialog.getByLabel('Reason')).toHaveAccessibleDescription(/Say why/);
  await dialog.getByLabel('Reason').fill('For the wait');
  await expectAccessible(page);
  await photograph(page, 'admin-adjust-tokens');
  await dialog.getByRole('button', { name: 'Take 99 tokens' }).click();
  await expect(dialog.getByLabel('How many')).toHaveAccessibleDescription(/99 are needed, 3 are left/);
  await dialog.getByRole('radio', { name: 'Give' }).check();
  await dialog.getByLabel('How many').fill('2');
  await dialog.getByRole('button', { name: 'Give 2 tokens' }).click();
  await expect(page.getByText('Gave 2 tokens')).toBeVisible();
  await expect(page.getByText('5 tokens to spend')).toBeVisible();
  await expect(lines.filter({ hasText: 'For the wait' })).toContainText('+2');
  await expectAccessible(page);
  await photograph(page, 'admin-subscription');

  await lines.filter({ hasText: 'Booked an appointment' }).getByRole('link').click();
  await expect(page.getByRole('complementary', { name: 'Appointment' })).toContainText('Grace Adjusted');
  await page.goto(`/admin/customers/${(await customer.get<{ id: string }>('/account')).id}`);
  await expect(page.getByRole('row').filter({ hasText: seat.name })).toContainText('5');

  await signIn(page, ada);
  await page.goto(`/account/plan/${subscription}/tokens`);
  await expect(page.getByText('5 tokens to spend')).toBeVisible();
  await expect(lines.filter({ hasText: 'For the wait' })).toContainText('+2');
});

test('a card that fails at the renewal is mended on Stripe’s page', async ({ page }) => {
  // Time passes in this shop: it is nobody else's.
  const demo = await start(901, { VITRINE_DEMO: 'true' });
  try {
    const visitor = () => new Api(demo.url, '10.11.12.13');
    const [owner, ada] = [visitor(), somebody()];
    await owner.signIn(OWNER.email, OWNER.password);
    const seat = await plan(owner, 4);
    await page.request.post(`${demo.url}/api/v1/auth/register`, { data: ada });
    const [customer] = await subscribe({ visitor, stripe: new Stripe(demo.stripe) }, ada, seat);
    await owner.post('/admin/time-machine', { to: 'renewal', cards_work: false });

    const status = async () => {
      await customer.signIn(ada.email, ada.password);
      return (await customer.get<{ data: { status: string }[] }>('/subscriptions')).data[0]!.status;
    };
    await expect.poll(status, { timeout: 30_000 }).toBe('past_due');
    await page.request.post(`${demo.url}/api/v1/auth/login`, { data: { email: ada.email, password: ada.password } });
    await page.goto(`${demo.url}/account/plan`);
    await expect(page.getByText('Payment missing')).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('The last payment did not go through.');
    await expectAccessible(page);
    await photograph(page, 'plan-past-due');

    await page.getByRole('button', { name: 'Fix the payment' }).click();
    await expect(page.getByRole('heading', { name: 'Your billing' })).toBeVisible();
    await expect(page.getByText('past due')).toBeVisible();
    await page.getByRole('button', { name: /4242/ }).first().click();
    await page.getByRole('button', { name: 'Save card' }).click();
    await expect(page.getByRole('status')).toHaveText('Your card is saved.');
    await page.getByRole('link', { name: 'Back to Vitrine' }).click();
    await expect.poll(status, { timeout: 30_000 }).toBe('active');
    await page.goto(`${demo.url}/account/plan`);
    await expect(page.getByText('Active', { exact: true })).toBeVisible();
    await expect(page.getByText(/^Renews on/)).toBeVisible();
    // Four of the new period, and two carried over.
    await expect(page.getByText('6 tokens to spend')).toBeVisible();
  } finally {
    await demo.stop();
  }
});
