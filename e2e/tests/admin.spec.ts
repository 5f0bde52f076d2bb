// The owner at the desk: putting something on sale, and what happens to orders.
import type { Page } from '@playwright/test';
import { OWNER, buy, expect, expectAccessible, make, photograph, signIn, signUp, somebody, test } from '../rig/index.ts';

/** A PNG, 40×50, grey. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACgAAAAyCAIAAACh0Q7HAAAANUlEQVR4nO3NIQEAMAgAsPOsaDTxiQFiK7Doyrfhr6xisVgsFovFYrFYLBaLxWKxWCwWH4kHK6cBrjGbvaoAAAAASUVORK5CYII=',
  'base64',
);

async function asOwner(page: Page, path: string): Promise<void> {
  await signIn(page, OWNER);
  await page.goto(path);
}

test('a product is made, filled, published, and bought', async ({ page, shop }) => {
  const name = `Typeface ${crypto.randomUUID().slice(0, 8)}`;
  await asOwner(page, '/admin/products/new');
  await page.getByRole('button', { name: 'Create draft' }).click();
  await expect(page.getByText('A price such as 19 or 19.50')).toBeVisible();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel(/^Price in/).fill('24.5');
  await page.getByRole('button', { name: 'Create draft' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  await page.getByLabel('Add files').setInputFiles({ name: 'face.txt', mimeType: 'text/plain', buffer: Buffer.from('a typeface') });
  await expect(page.getByRole('cell', { name: 'face.txt' })).toBeVisible();
  await page.getByLabel('Description').fill('Drawn by **hand**.');
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('For sale')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'admin-product');

  await page.getByRole('link', { name: 'See it in the shop' }).click();
  await expect(page.getByText('$24.50')).toBeVisible();
  const { data } = await shop.visitor().get<{ data: { id: string; slug: string; name: string; price: never }[] }>(
    `/products?q=${encodeURIComponent(name)}`,
  );
  const ada = somebody();
  await signUp(page, ada);
  await buy(shop, ada, data[0]!);
});

test('a picture that is none is refused in words, a real one is shown', async ({ page, shop }) => {
  const product = await make(shop.owner, { name: `Poster ${crypto.randomUUID().slice(0, 8)}`, kind: 'download', price: 900 });
  await asOwner(page, `/admin/products/${product.id}`);
  const choose = page.getByLabel('Choose a picture');
  await choose.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('<html>no picture</html>') });
  await expect(page.getByText('Send a PNG, JPEG or WebP')).toBeVisible();
  await choose.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: PICTURE });
  await expect(page.getByText('Picture set')).toBeVisible();
});

test('wrong values land on their fields and nothing typed is lost', async ({ page, shop }) => {
  const product = await make(shop.owner, { name: `Zine ${crypto.randomUUID().slice(0, 8)}`, kind: 'download', price: 900 });
  await asOwner(page, `/admin/products/${product.id}`);
  await page.getByLabel('Name').fill('');
  await page.getByLabel('In a sentence or two').fill('Kept while the name is mended.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('In a sentence or two')).toHaveValue('Kept while the name is mended.');
  await page.getByLabel('Name').fill('Zine, mended');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Zine, mended' })).toBeVisible();
});

test('money goes back by line and then whole, and access follows', async ({ page, shop }) => {
  const ada = somebody();
  await signUp(page, ada);
  const order = await buy(shop, ada, shop.catalog.embed);
  await asOwner(page, `/admin/orders/${order}`);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await page.getByLabel('An amount').check();
  await page.getByLabel('Amount', { exact: true }).fill('5');
  await expect(page.getByText('keeps access to everything')).toBeVisible();
  await page.getByRole('button', { name: 'Refund $5.00' }).click();
  await expect(page.getByText('Partly refunded')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'admin-order');
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await expect(page.getByText('loses access to everything')).toBeVisible();
  await page.getByRole('button', { name: 'Refund $24.00' }).click();
  await expect(page.getByRole('button', { name: 'Refund', exact: true })).toBeHidden();

  const customer = shop.visitor();
  await customer.signIn(ada.email, ada.password);
  const owned = await customer.get<{ data: { status: string }[] }>('/entitlements');
  expect(owned.data.map((own) => own.status)).toEqual(['revoked']);
});

test('a product is given, taken away and given back', async ({ page, shop }) => {
  const ada = somebody('Grace Gift');
  const me = await shop.visitor().post<{ customer: { id: string } }>('/auth/register', ada);
  await asOwner(page, `/admin/customers/${me.customer.id}`);
  await page.getByLabel(/^Give a product/).fill(shop.catalog.embed.name);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: 'Give', exact: true }).first().click();
  await expect(page.getByRole('cell', { name: 'Gift' })).toBeVisible();
  await page.getByRole('button', { name: 'Take away' }).click();
  await expect(page.getByText('Ended')).toBeVisible();
  await page.getByRole('button', { name: 'Give back' }).click();
  await expect(page.getByRole('button', { name: 'Take away' })).toBeVisible();
});

test('every page of the desk is in order, on a phone too', async ({ page, shop }) => {
  const ada = somebody();
  await signUp(page, ada);
  await buy(shop, ada, shop.catalog.download);
  await signIn(page, OWNER);
  for (const name of ['', 'products', 'products/new', 'orders', 'calendar', 'calendar/hours', 'calendar/new', 'calendar/outside', 'customers', 'webhooks', 'mails', 'reconciliation', 'health']) {
    await page.goto(`/admin/${name}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await expectAccessible(page);
    await photograph(page, `admin-${name.replace('/', '-') || 'overview'}`);
    await page.setViewportSize({ width: 360, height: 740 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, `/admin/${name} scrolls sideways`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test('filters live in the address, and a mail can be read', async ({ page, shop }) => {
  const ada = somebody();
  await signUp(page, ada);
  await buy(shop, ada, shop.catalog.download);
  await asOwner(page, `/admin/mails?to=${encodeURIComponent(ada.email)}`);
  await page.getByRole('button', { name: /Your order/ }).click();
  await expect(page.frameLocator('dialog iframe').getByText('Field Guide').first()).toBeVisible();
  await page.getByRole('button', { name: 'Show plain text' }).click();
  await expect(page.getByRole('dialog').locator('pre')).toContainText('Field Guide');
  await page.keyboard.press('Escape');
  await page.goto('/admin/orders');
  await page.getByLabel('Any status').selectOption('refunded');
  await expect(page).toHaveURL(/status=refunded/);
});

test('the owner’s pages are closed to customers', async ({ page }) => {
  await signUp(page);
  await page.goto('/admin/orders');
  await expect(page.getByText('These pages are for the owner')).toBeVisible();
});
