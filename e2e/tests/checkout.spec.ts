// From the shop window to what was paid for, through the browser and the local Stripe's pay page.
import type { Page } from '@playwright/test';
import { type Product, type Shop, Stripe, expect, expectAccessible, make, photograph, signIn, signUp, somebody, test } from '../rig/index.ts';

/** Goes to a product's page and puts it into the cart. */
async function addToCart(page: Page, product: Product): Promise<void> {
  await page.goto(`/products/${product.slug}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('link', { name: 'View cart' })).toBeVisible();
}

/** From the cart to the local Stripe's pay page. Answers the session's id. */
async function goToPay(page: Page): Promise<string> {
  await page.goto('/cart');
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.waitForURL(/cs_/);
  return Stripe.session(page.url());
}

/** Fills in a card and pays. */
async function payByCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry').fill('12 / 40');
  await page.getByLabel('CVC').fill('123');
  await page.getByLabel(/name/i).fill('Ada Customer');
  await page.getByRole('button', { name: /^Pay/ }).click();
}

/** Has the bank pay, which takes its time. */
async function payByBank(page: Page): Promise<void> {
  await page.getByLabel('Bank debit').check();
  await page.getByLabel(/^Name/).fill('Ada Customer');
  await page.getByRole('button', { name: /^Pay/ }).click();
}

const thanks = (page: Page) => page.getByRole('heading', { level: 1, name: 'Thank you. It is yours.' });

/** A download of its own, so that no other test owns it or takes the last one. */
async function download(shop: Shop, more: Record<string, unknown> = {}): Promise<Product> {
  const product = await make(shop.owner, { name: `Print ${crypto.randomUUID().slice(0, 8)}`, kind: 'download', price: 1500, ...more });
  await shop.owner.upload(product.id, 'print.txt', 'a print');
  return product;
}

test('buying one thing: cart, payment, download', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  await goToPay(page);
  await payByCard(page, '4242 4242 4242 4242');
  await expect(thanks(page)).toBeVisible();
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await file).suggestedFilename()).toBe('field-guide.txt');
  await expect(page.getByRole('link', { name: /^Cart\W+empty$/ })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'success');
});

test('several kinds in one cart', async ({ page, shop }) => {
  const { download, embed, service } = shop.catalog;
  await signUp(page);
  for (const product of [download, embed, service]) await addToCart(page, product);
  await page.goto('/cart');
  await expect(page.getByRole('button', { name: 'Pay $168.00' })).toBeVisible();
  await page.getByLabel('How many of Studio Hour').selectOption('2');
  await expect(page.getByRole('button', { name: 'Pay $288.00' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'cart');
  await goToPay(page);
  await payByCard(page, '4242 4242 4242 4242');
  await expect(thanks(page)).toBeVisible();
  for (const name of ['Field Guide', 'Glaze Lab', 'Studio Hour × 2']) {
    await expect(page.getByRole('heading', { name })).toBeVisible();
  }
  for (const name of ['Open', 'Book']) await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
});

test('a declined card, then another', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  await goToPay(page);
  await payByCard(page, '4000 0000 0000 0002');
  await expect(page.getByText(/declined/i).first()).toBeVisible();
  await payByCard(page, '4242 4242 4242 4242');
  await expect(thanks(page)).toBeVisible();
});

test('a payment that takes its time arrives while the page is open', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  const session = await goToPay(page);
  await payByBank(page);
  await expect(page.getByRole('heading', { name: 'Your payment is on its way' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'processing');
  await shop.stripe.settle(session, 'succeeded');
  await expect(thanks(page)).toBeVisible();
});

test('a payment that fails in the end leads back', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  const session = await goToPay(page);
  await payByBank(page);
  await expect(page.getByRole('heading', { name: 'Your payment is on its way' })).toBeVisible();
  await shop.stripe.settle(session, 'failed');
  await expect(page.getByRole('heading', { name: 'The payment did not go through' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'Back to the cart' })).toBeVisible();
});

test('who closes the tab before coming back owns it all the same', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  const session = await goToPay(page);
  await shop.stripe.pay(session);
  await shop.stripe.idle();
  await page.goto(`/products/${shop.catalog.download.slug}`);
  await expect(page.getByText('You own this')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Cart\W+empty$/ })).toBeVisible();
});

test('the page after payment does not wait for the webhook', async ({ page, shop }) => {
  await signUp(page);
  const product = await download(shop);
  await addToCart(page, product);
  const session = await goToPay(page);
  await shop.stripe.delivery({ hold: true });
  try {
    await shop.stripe.pay(session);
    await page.goto(`/checkout/success?session_id=${session}`);
    await expect(thanks(page)).toBeVisible();
  } finally {
    await shop.stripe.delivery({ hold: false });
    await shop.stripe.flush();
  }
});

test('coming back without paying keeps the cart', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  await goToPay(page);
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Pay $19.00' })).toBeEnabled();
  await page.goto('/checkout/cancelled?order=0');
  await expect(page.getByRole('heading', { name: 'Nothing was paid' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Back to the cart' }).click();
  await expect(page.getByRole('heading', { name: 'Field Guide' })).toBeVisible();
});

test('an expired payment page leads back', async ({ page, shop }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  const session = await goToPay(page);
  await shop.stripe.expire(session);
  await page.goto(`/checkout/success?session_id=${session}`);
  await expect(page.getByRole('heading', { name: 'The time to pay ran out' })).toBeVisible();
});

test('the last one goes to who was first', async ({ page, shop, browser }) => {
  const product = await download(shop, { stock: 1 });
  await signUp(page);
  await addToCart(page, product);
  const rival = await browser.newContext({ baseURL: shop.url, extraHTTPHeaders: { 'X-Forwarded-For': '10.9.8.7' } });
  const other = await rival.newPage();
  await signUp(other);
  await addToCart(other, product);
  await goToPay(other);

  await page.goto('/cart');
  await page.getByRole('button', { name: /^Pay / }).click();
  await expect(page.getByText('Somebody was faster: not enough of this is left.')).toBeVisible();
  await page.goto(`/products/${product.slug}`);
  await expect(page.getByRole('button', { name: 'Sold out' })).toBeDisabled();
  await expectAccessible(page);
  await rival.close();
});

test('a free product is there at once', async ({ page, shop }) => {
  await signUp(page);
  await page.goto(`/products/${shop.catalog.free.slug}`);
  await page.getByRole('button', { name: 'Get it free' }).click();
  await expect(page.getByRole('link', { name: 'Go to your download' })).toBeVisible();
});

test('the cart from before sign-in is carried over once', async ({ page, shop }) => {
  const person = somebody();
  await shop.visitor().post('/auth/register', person);
  await addToCart(page, shop.catalog.download);
  await addToCart(page, shop.catalog.service);
  await page.goto('/cart');
  await page.getByLabel('How many of Studio Hour').selectOption('3');
  await expect(page.getByText('$379.00')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'cart-signed-out');
  await signIn(page, person);
  for (let visit = 0; visit < 2; visit++) {
    await page.reload();
    await expect(page.getByRole('button', { name: 'Pay $379.00' })).toBeVisible();
  }
  expect(await page.evaluate(() => localStorage.getItem('vitrine.cart'))).toBe('[]');
});

test('coming back from paying signed out leads through sign-in', async ({ page }) => {
  await page.goto('/checkout/success?session_id=cs_test_1');
  await page.waitForURL((url) => url.pathname === '/sign-in');
  expect(new URL(page.url()).searchParams.get('next')).toBe('/checkout/success?session_id=cs_test_1');
});

test('somebody else’s payment is nobody’s business', async ({ page, shop, browser }) => {
  await signUp(page);
  await addToCart(page, shop.catalog.download);
  const session = await goToPay(page);
  await shop.stripe.pay(session);
  const context = await browser.newContext({ baseURL: shop.url, extraHTTPHeaders: { 'X-Forwarded-For': '10.9.8.6' } });
  const other = await context.newPage();
  await signUp(other);
  await other.goto(`/checkout/success?session_id=${session}`);
  await expect(other.getByRole('heading', { name: 'We cannot find that payment' })).toBeVisible();
  await context.close();
});

test('buying with the keyboard alone', async ({ page, shop }) => {
  await signUp(page);
  const product = await download(shop);
  await page.goto(`/products?q=${encodeURIComponent(product.name)}`);
  const reach = async (name: string | RegExp) => {
    for (let steps = 0; steps < 60; steps++) {
      await page.keyboard.press('Tab');
      const there = page.locator(':focus');
      const words = ((await there.getAttribute('aria-label')) ?? (await there.innerText().catch(() => ''))).trim();
      if (typeof name === 'string' ? words === name : name.test(words)) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await expect(page.getByRole('link', { name: product.name })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await reach(product.name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: product.name })).toBeFocused();
  await reach('Add to cart');
  await page.keyboard.press('Space');
  await expect(page.getByRole('link', { name: 'View cart' })).toBeVisible();
  await page.goto('/cart');
  await expect(page.getByRole('button', { name: 'Pay $15.00' })).toBeVisible();
  await reach('Pay $15.00');
  await page.keyboard.press('Enter');
  await page.waitForURL(/cs_/);
});
