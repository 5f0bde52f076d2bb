// The shop opens, in the browser, with what it sells.
import { buy, expect, expectAccessible, make, photograph, signUp, test } from '../rig/index.ts';

test('the front page shows what is for sale', async ({ page, shop }) => {
  // Other tests make products too, and the front page shows the newest.
  const newest = await make(shop.owner, { name: 'Harbour Prints', kind: 'download', price: 1200 });
  await page.goto('/');
  await expect(page.getByRole('link', { name: newest.name }).first()).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'front');
});

test('what was paid for can be had', async ({ page, shop }) => {
  const person = await signUp(page);
  await buy(shop, person, shop.catalog.download);
  const customer = shop.visitor();
  await customer.signIn(person.email, person.password);
  const owned = await customer.get<{ data: { product: { slug: string } }[] }>('/entitlements');
  expect(owned.data.map(({ product }) => product.slug)).toEqual([shop.catalog.download.slug]);
});
