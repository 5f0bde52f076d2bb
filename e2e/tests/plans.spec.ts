// Plans: made by the owner, subscribed to, changed, cancelled and kept after all.
import { type Api, type Shop, Stripe, expect, expectAccessible, photograph, signIn, signUp, somebody, subscribe, test, OWNER } from '../rig/index.ts';

interface Plan {
  id: string;
  name: string;
}

/** A plan that only this test has. */
function plan(shop: Shop, name: string, amount: number, tokens: number): Promise<Plan> {
  const price = { amount, currency: 'usd' };
  const includes = { all_downloads: true };
  return shop.owner.post<Plan>('/admin/plans', { name, price, interval: 'month', tokens_per_period: tokens, rollover_cap: 2, includes });
}

test('a plan is subscribed to, changed, cancelled and kept after all', async ({ page, shop }) => {
  const [small, large] = [await plan(shop, 'Small seat', 1000, 4), await plan(shop, 'Large seat', 3000, 12)];
  const ada = somebody();
  await signUp(page, ada);

  await page.goto('/plans');
  await expect(page.getByRole('heading', { name: 'Plans', level: 1 })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'plans');
  const offer = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: small.name }) });
  await expect(offer.getByText('4 tokens a month for appointments')).toBeVisible();
  await offer.getByRole('button', { name: 'Choose this plan' }).click();
  await page.waitForURL(/cs_/);
  await shop.stripe.pay(Stripe.session(page.url()));
  await shop.stripe.idle();

  await page.goto('/account/plan');
  await expect(page.getByRole('heading', { name: small.name })).toBeVisible();
  await expect(page.getByText('Spent 0 of 4 tokens this period').first()).toBeVisible();
  await expect(page.getByText(/^Renews on/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'plan');

  const row = page.getByRole('listitem').filter({ hasText: large.name });
  await row.getByRole('button', { name: 'Change plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change to this plan?' });
  await expect(dialog.getByText(/You pay \$\d+\.\d\d now and \$30\.00 on/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Change plan' }).click();
  await expect(page.getByRole('heading', { name: large.name })).toBeVisible();
  await shop.stripe.idle();

  await page.getByRole('button', { name: 'Cancel my plan' }).click();
  const sure = page.getByRole('dialog', { name: 'Cancel your plan?' });
  await sure.getByLabel('Why, if you like to say').fill('Too many chairs');
  await sure.getByRole('button', { name: 'Cancel my plan' }).click();
  await expect(page.getByText(/^Ends on/)).toBeVisible();
  await page.getByRole('button', { name: 'Keep my plan after all' }).click();
  await expect(page.getByText(/^Renews on/)).toBeVisible();

  await page.getByRole('listitem').filter({ hasText: small.name }).getByRole('button', { name: 'Change plan' }).click();
  await dialog.getByRole('button', { name: 'Change plan' }).click();
  await expect(page.getByText(/^From .+ on: Small seat for \$10\.00 a month\.$/)).toBeVisible();
  await page.getByRole('button', { name: 'Keep Large seat' }).click();
  await expect(page.getByText(/^Renews on/)).toBeVisible();

  await page.getByRole('button', { name: 'Cancel my plan' }).click();
  await sure.getByRole('radio', { name: /^Now/ }).check();
  await photograph(page, 'plan-cancel');
  await sure.getByRole('button', { name: 'Cancel my plan' }).click();
  await expect(page.getByText('Your plan has ended.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel my plan' })).toBeHidden();
});

test('the owner makes a plan and archives it', async ({ page, shop }) => {
  await signIn(page, OWNER);
  await page.goto('/admin/plans/new');
  await page.getByLabel('Name', { exact: true }).fill('Quiet corner');
  await page.getByLabel(/^Price/).fill('12.50');
  await page.getByLabel('Tokens per period').fill('3');
  const included = page.getByRole('checkbox', { name: shop.catalog.embed.name });
  await included.check();
  await expectAccessible(page);
  await photograph(page, 'admin-plan-new');
  await page.getByRole('button', { name: 'Create plan' }).click();
  const row = page.getByRole('row').filter({ hasText: 'Quiet corner' });
  await expect(row).toContainText('$12.50');
  await expectAccessible(page);
  await photograph(page, 'admin-plans');
  // Somebody has it: what is taken away is said before it is.
  const offered = await shop.visitor().get<{ data: Plan[] }>('/plans');
  const ada = somebody();
  await shop.visitor().post('/auth/register', ada);
  await subscribe(shop, ada, offered.data.find((one) => one.name === 'Quiet corner')!);
  await row.getByRole('link').click();
  await included.uncheck();
  await expect(page.getByText('This takes something away at once, for everybody who has the plan')).toContainText(shop.catalog.embed.name);
  await expectAccessible(page);
  await photograph(page, 'admin-plan');
  await page.getByRole('button', { name: 'Archive' }).click();
  await expect(row).toContainText('Archived');
  const { data } = await shop.visitor().get<{ data: Plan[] }>('/plans');
  expect(data.map((found) => found.name)).not.toContain('Quiet corner');
});

test('a draft is seen by its owner alone until it is offered', async ({ page, shop }) => {
  const price = { amount: 900, currency: 'usd' };
  const draft = await shop.owner.post<Plan>('/admin/plans', { name: 'Night shift', price, interval: 'month', published: false });
  await signIn(page, OWNER);
  await page.goto(`/admin/plans/${draft.id}`);
  const hidden = page.getByRole('checkbox', { name: 'Not offered yet' });
  await expect(hidden).toBeChecked();
  await expectAccessible(page);
  await photograph(page, 'admin-plan-draft');
  await hidden.uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row').filter({ hasText: draft.name })).toBeVisible();
  const { data } = await shop.visitor().get<{ data: Plan[] }>('/plans');
  expect(data.map((found) => found.name)).toContain(draft.name);
});

test('the owner ends a subscription, with its first order’s money or alone', async ({ page, shop }) => {
  const seat = await plan(shop, `Seat ${crypto.randomUUID().slice(0, 8)}`, 1000, 4);
  const [ada, bob] = [somebody('Ada Leaving'), somebody('Bob Refunded')];
  for (const person of [ada, bob]) await shop.visitor().post('/auth/register', person);
  const [[ofAda, adas], [ofBob]] = [await subscribe(shop, ada, seat), await subscribe(shop, bob, seat)];
  const status = async (customer: Api) => (await customer.get<{ data: { status: string }[] }>('/subscriptions')).data[0]!.status;
  await signIn(page, OWNER);

  await page.goto(`/admin/subscriptions/${adas}`);
  await page.getByRole('button', { name: 'End this subscription…' }).click();
  const end = page.getByRole('dialog', { name: 'End this subscription?' });
  await expect(end.getByRole('radio').first()).toBeChecked();
  await end.getByRole('radio', { name: /^Now/ }).check();
  await expectAccessible(page);
  await photograph(page, 'admin-subscription-end');
  await end.getByRole('button', { name: 'End it' }).click();
  await expect(page.getByText('It has ended.')).toBeVisible();
  expect(await status(ofAda)).toBe('canceled');

  const { data } = await ofBob.get<{ data: { id: string }[] }>('/orders');
  await page.goto(`/admin/orders/${data[0]!.id}`);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  const refund = page.getByRole('dialog', { name: 'Refund' });
  await expect(refund.getByText(/goes on and renews as before/)).toBeVisible();
  await refund.getByRole('checkbox', { name: 'End the subscription now' }).check();
  await expect(refund.getByText('The money goes back, and the subscription ends at once.')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'admin-refund-plan');
  await refund.getByRole('button', { name: 'Refund $10.00 and end it' }).click();
  await expect(refund).toBeHidden();
  expect(await status(ofBob)).toBe('canceled');
});
