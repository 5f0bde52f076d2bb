// The shop window: looking around, filtering, searching; for every eye and every screen.
import { expect, expectAccessible, make, photograph, signUp, test } from '../rig/index.ts';

test('what is chosen stands in the address and survives a reload', async ({ page, shop }) => {
  await page.goto('/products');
  await page.getByRole('link', { name: 'Interactive' }).click();
  await expect(page).toHaveURL(/kind=embed/);
  await expect(page.getByRole('heading', { level: 1, name: 'Interactive' })).toBeVisible();
  await expect(page.getByRole('link', { name: shop.catalog.embed.name })).toBeVisible();
  await expect(page.getByRole('link', { name: shop.catalog.service.name })).toBeHidden();
  await page.getByLabel('Order').selectOption('Cheapest');
  await expect(page).toHaveURL(/sort=price/);
  await page.reload();
  await expect(page.getByLabel('Order')).toHaveValue('price');
  await expect(page.getByRole('link', { name: shop.catalog.embed.name })).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/sort/);
});

test('searching from the header', async ({ page, shop }) => {
  await page.goto('/');
  await page.getByRole('searchbox', { name: 'Search' }).fill('glaze');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/products\?q=glaze/);
  await expect(page.getByRole('link', { name: shop.catalog.embed.name })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'products-nothing');
  await page.getByRole('link', { name: 'Show everything' }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
});

test('further pages of a list come on demand', async ({ page, shop }) => {
  const tag = `many-${Date.now()}`;
  for (let number = 0; number < 27; number++) {
    await make(shop.owner, { name: `Postcard ${number}`, kind: 'embed', price: 100, tags: [tag], embed: { html: 'x', height: 100 } });
  }
  await page.goto(`/products?tag=${tag}`);
  await expect(page.getByRole('article')).toHaveCount(24);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('article')).toHaveCount(27);
  await expect(page.getByRole('button', { name: 'Show more' })).toBeHidden();
});

test('a product says what comes with it', async ({ page, shop }) => {
  await page.goto(`/products/${shop.catalog.download.slug}`);
  await expect(page).toHaveTitle(/^Field Guide · /);
  await expect(page.getByText('field-guide.txt')).toBeVisible();
  await expect(page.locator('strong', { hasText: 'Field Guide' })).toBeVisible();
  await expect(page.locator('meta[property="og:title"]')).toHaveAttribute('content', 'Field Guide');
  await expectAccessible(page);
  await photograph(page, 'product');
});

test('an address that leads nowhere says so', async ({ page }) => {
  for (const path of ['/no/such/page', '/products/no-such-product']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Nothing hangs here' })).toBeVisible();
    await expectAccessible(page);
  }
  await photograph(page, 'not-found');
});

test('a shop that does not answer can be asked again', async ({ page }) => {
  let down = true;
  await page.route('**/api/v1/shop', (route) => (down ? route.abort() : route.continue()));
  await page.goto('/');
  await expect(page.getByText('The shop cannot be reached.', { exact: false })).toBeVisible();
  await expectAccessible(page);
  down = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'Look around' })).toBeVisible();
});

test('a list that fails can be asked again', async ({ page }) => {
  let down = true;
  await page.route('**/api/v1/products?*', (route) => (down ? route.abort() : route.continue()));
  await page.goto('/products');
  await expect(page.getByRole('heading', { name: 'That did not load' })).toBeVisible();
  await expectAccessible(page);
  down = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
});

test('a newer version of the shop is noticed', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Look around' })).toBeVisible();
  await page.route('**/api/v1/shop', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), version: '99.0.0' } });
  });
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(page.getByText('The shop has been updated.')).toBeVisible();
  await expectAccessible(page);
});

test('the colours chosen stay', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Dark' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Auto' }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`every page fits a phone and is fit for everyone, ${scheme}`, async ({ page, shop }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await signUp(page);
    const { download, service, free } = shop.catalog;
    for (const path of ['/', '/products', '/cart', ...[download, service, free].map(({ slug }) => `/products/${slug}`)]) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
      await page.waitForLoadState('networkidle');
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(beyond, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
      await expectAccessible(page);
    }
  });
}
