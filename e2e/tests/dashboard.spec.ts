// What customers own and have ordered.
import { readFile } from 'node:fs/promises';
import { FILE, type Shop, buy, expect, expectAccessible, make, photograph, signUp, test } from '../rig/index.ts';

// Most tests here look at several pages, each in six pictures.
test.describe.configure({ timeout: 90_000 });

interface Owned {
  id: string;
  files: { id: string }[];
}

/** What `person` owns, as the API tells it, and a caller who is signed in as them. */
async function shelf(shop: Shop, person: { email: string; password: string }) {
  const customer = shop.visitor();
  await customer.signIn(person.email, person.password);
  const { data } = await customer.get<{ data: Owned[] }>('/entitlements');
  return { customer, owned: data };
}

test('who owns nothing is told what will be here', async ({ page }) => {
  await signUp(page);
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { name: 'Your own shelf, still empty' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'See what is for sale' })).toHaveAttribute('href', '/products');
  await photograph(page, 'dashboard-empty');
  await page.goto('/dashboard/orders');
  await expect(page.getByRole('heading', { name: 'No orders yet' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'orders-empty');
});

test('a bought file arrives whole, resumes, and stops with the refund', async ({ page, shop }) => {
  const person = await signUp(page);
  const order = await buy(shop, person, shop.catalog.download);
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { name: 'Field Guide' })).toBeVisible();
  await expectAccessible(page);
  const button = page.getByRole('button', { name: 'Download field-guide.txt' });
  const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
  expect(saved.suggestedFilename()).toBe('field-guide.txt');
  expect(await readFile(await saved.path(), 'utf8')).toBe(FILE);
  await expect(page).toHaveURL('/dashboard');

  const rest = await fetch(saved.url(), { headers: { Range: 'bytes=1000-' } });
  expect(rest.status).toBe(206);
  expect(await rest.text()).toBe(FILE.slice(1000));

  await shop.owner.post(`/admin/orders/${order}/refunds`, {});
  expect((await fetch(saved.url())).status).toBe(403);
  await button.click();
  await expect(page.getByText('Access to this has ended.')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'No longer open to you' })).toBeVisible();
  await expect(page.getByText('Access ended: the purchase was refunded or taken back.')).toBeVisible();
  await expect(button).toBeHidden();
  await expectAccessible(page);
  await photograph(page, 'dashboard-closed');
});

test('all kinds stand on the shelf, each with its way to be used', async ({ page, shop }) => {
  const person = await signUp(page);
  const several = await make(shop.owner, { name: 'Pattern Collection', kind: 'download', price: 2400 });
  for (const name of ['patterns-a4.pdf', 'patterns-letter.pdf']) await shop.owner.upload(several.id, name, FILE);
  const { download, embed, service } = shop.catalog;
  for (const product of [several, download, embed, service]) await buy(shop, person, product);
  await page.goto('/dashboard');
  await expect(page.getByRole('button', { name: 'Download patterns-letter.pdf' })).toBeVisible();
  await expect(page.getByText('1 appointment left')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'dashboard');
  await page.setViewportSize({ width: 360, height: 740 });
  const { owned } = await shelf(shop, person);
  for (const path of ['/dashboard', '/dashboard/orders', ...owned.map(({ id }) => `/dashboard/products/${id}`)]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path).toBe(true);
  }
});

test('an embed opens and cannot reach the page around it', async ({ page, shop }) => {
  const curious = await make(shop.owner, {
    name: 'Curious Frame',
    kind: 'embed',
    price: 500,
    embed: {
      html: `<p id="found"></p><script>
        const found = [];
        for (const [name, reach] of Object.entries({
          page: () => parent.document.title, cookie: () => document.cookie, storage: () => localStorage.length, top: () => top.location.href,
        })) { try { reach(); found.push(name); } catch {} }
        document.getElementById('found').textContent = 'reached: ' + (found.join(' ') || 'nothing');
      </script>`,
      height: 300,
    },
  });
  const person = await signUp(page);
  await buy(shop, person, curious);
  await page.goto('/dashboard');
  await page.getByRole('main').getByRole('link', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { name: 'Curious Frame' })).toBeVisible();
  const frame = page.frameLocator('iframe[title="Curious Frame"]');
  await expect(frame.getByText('reached: nothing')).toBeVisible();
  await expect(page.locator('iframe')).not.toHaveAttribute('sandbox', /same-origin/);
  await page.getByText('The frame as HTML').click();
  await expect(page.locator('pre')).toContainText('<iframe src=');
  await expectAccessible(page);
  await photograph(page, 'embed');
  await frame.locator('body').evaluate((body) => (body.dataset.used = 'yes'));
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(frame.getByText('reached: nothing')).toBeVisible();
  await expect(frame.locator('body')).not.toHaveAttribute('data-used');
});

test('an order has its story, its sums and a receipt for paper', async ({ page, shop }) => {
  const person = await signUp(page);
  const order = await buy(shop, person, shop.catalog.download);
  await page.goto('/dashboard/orders');
  await expect(page.getByText('Field Guide')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'orders');
  await page.getByRole('main').getByRole('link', { name: /^Order / }).click();
  await expect(page).toHaveURL(`/dashboard/orders/${order}`);
  await expect(page.getByText('Thank you. Everything in it is yours.')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'order');

  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('heading', { name: /^Receipt / })).toBeVisible();
  for (const text of [person.email, person.name]) await expect(page.getByRole('main').getByText(text)).toBeVisible();
  await expect(page.getByRole('main').getByText('$19.00').last()).toBeVisible();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Print receipt' })).toBeHidden();
  expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(0, 0, 0)');
  await page.screenshot({ path: 'screenshots/order-print.png', fullPage: true });
  await page.emulateMedia({ media: null, colorScheme: null });

  await shop.owner.post(`/admin/orders/${order}/refunds`, { amount: { amount: 500, currency: 'usd' } });
  await page.reload();
  await expect(page.getByText('Partly refunded').first()).toBeVisible();
  await expect(page.getByText('-$5.00')).toBeVisible();
  await photograph(page, 'order-refunded');
});

test('nobody sees what others own or ordered', async ({ page, shop }) => {
  const other = await signUp(page);
  const order = await buy(shop, other, shop.catalog.embed);
  const { owned } = await shelf(shop, other);
  await signUp(page);
  for (const path of [`/dashboard/orders/${order}`, `/dashboard/products/${owned[0]?.id}`]) {
    await page.goto(path);
    await expect(page.getByRole('alert').getByText('This is not here, or it is not yours.')).toBeVisible();
    await expectAccessible(page);
  }
  await photograph(page, 'not-yours');
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { name: 'Your own shelf, still empty' })).toBeVisible();
});
