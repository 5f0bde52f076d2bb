// Tokens as a product: made by the owner, bought by who has a plan, found in the statement.
import { OWNER, Stripe, expect, expectAccessible, photograph, signIn, signUp, somebody, subscribe, test } from '../rig/index.ts';

test('the owner makes a pack of tokens, which a customer with a plan buys', async ({ page, shop }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const [pack, seat] = [`Ten tokens ${mark}`, `Studio ${mark}`];
  await signIn(page, OWNER);
  await page.goto('/admin/products/new');
  await page.getByLabel('Name').fill(pack);
  await page.getByLabel(/^Price/).fill('9');
  await page.getByRole('button', { name: 'Create draft' }).click();
  await page.getByLabel('Tokens', { exact: true }).fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Tokens', { exact: true })).toHaveAccessibleDescription(/A whole number/);
  await page.getByLabel('Tokens', { exact: true }).fill('10');
  await page.getByLabel('Good for … days').fill('90');
  await expectAccessible(page);
  await photograph(page, 'admin-product-tokens');
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('10 tokens, good for 90 days').first()).toBeVisible();
  const { data } = await shop.visitor().get<{ data: { slug: string; name: string }[] }>('/products?tokens=true');
  const slug = data.find((one) => one.name === pack)!.slug;

  const ada = somebody();
  await signUp(page, ada);
  await page.goto(`/products/${slug}`);
  await expect(page.getByText('10 tokens, good for 90 days').first()).toBeVisible();
  await expect(page.getByText('Download')).toHaveCount(0);
  await expect(page.getByText('Needs a plan')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'product-pack-no-plan');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await expect(page.getByText('You need a plan before you can buy tokens.')).toBeVisible();

  const price = { amount: 2900, currency: 'usd' };
  const plan = await shop.owner.post<{ id: string }>('/admin/plans', { name: seat, price, interval: 'month', tokens_per_period: 4 });
  const [, subscription] = await subscribe(shop, ada, plan);
  await page.goto(`/account/plan/${subscription}/tokens`);
  await expect(page.getByRole('link', { name: 'Buy more tokens' })).toBeVisible();
  await page.goto(`/products/${slug}`);
  await expect(page.getByText('You have 4 tokens, and 14 after this.')).toBeVisible();
  await photograph(page, 'product-pack');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: 'View cart' }).click();
  await page.getByLabel(`How many of ${pack}`).selectOption('2');
  await page.getByRole('button', { name: 'Pay $18.00' }).click();
  await page.waitForURL(/cs_/);
  const session = Stripe.session(page.url());
  await shop.stripe.pay(session);
  await page.goto(`/checkout/success?session_id=${session}`);
  await expect(page.getByRole('heading', { name: `${pack} × 2` })).toBeVisible();
  await expect(page.getByText('20 tokens, good for 90 days')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'success-tokens');
  await page.getByRole('link', { name: 'See your tokens' }).click();

  await expect(page.getByText('24 tokens to spend')).toBeVisible();
  const lines = page.getByRole('listitem');
  await expect(lines.filter({ hasText: 'Bought on top' }).filter({ hasText: '+20' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'token-statement-top-up');
  await page.getByRole('link', { name: 'Order', exact: true }).click();
  await expect(page.getByText('20 tokens, good for 90 days')).toBeVisible();
  await photograph(page, 'order-tokens');
  await page.goto('/dashboard');
  await expect(page.getByText('20 tokens, good for 90 days')).toBeVisible();
  await expect(page.getByRole('link', { name: 'See your tokens' })).toBeVisible();
  await photograph(page, 'dashboard-top-up');
});
