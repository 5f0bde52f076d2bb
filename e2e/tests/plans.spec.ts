// Plans: made by the owner, subscribed to, changed, cancelled and kept after all.
import { type Shop, Stripe, expect, expectAccessible, photograph, signIn, signUp, somebody, test, OWNER } from '../rig/index.ts';

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
  await page.getByRole('button', { name: 'Create plan' }).click();
  const row = page.getByRole('row').filter({ hasText: 'Quiet corner' });
  await expect(row).toContainText('$12.50');
  await expectAccessible(page);
  await photograph(page, 'admin-plans');
  await row.getByRole('link').click();
  await included.uncheck();
  await expect(page.getByText('This takes something away at once, for everybody who has the plan')).toContainText(shop.catalog.embed.name);
  await page.getByRole('button', { name: 'Archive' }).click();
  await expect(row).toContainText('Archived');
  const { data } = await shop.visitor().get<{ data: Plan[] }>('/plans');
  expect(data.map((found) => found.name)).not.toContain('Quiet corner');
});
