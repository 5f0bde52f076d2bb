// Two-factor sign-in, and what else an account can be set to.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, photograph, signIn, signUp, test } from '../rig/index.ts';
import { start } from '../rig/programs.ts';

test.describe.configure({ timeout: 90_000 });

/** What an authenticator app shows `later` seconds from now (RFC 6238). */
function totp(secret: string, later = 0): string {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + later) / 30)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const offset = (hash[19] as number) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Turns it on by the page; the key and the recovery codes. */
async function turnOn(page: Page, password: string): Promise<{ secret: string; codes: string[] }> {
  await page.getByLabel('Your password').fill(password);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('img', { name: 'QR code' })).toHaveJSProperty('complete', true);
  const secret = (await page.locator('code').innerText()).replaceAll(' ', '');
  await page.getByLabel('Code').fill(totp(secret));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const list = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(list).toHaveCount(10);
  return { secret, codes: await list.allInnerTexts() };
}

test('signs in with a code, then with a recovery code, and turns it off', async ({ page }) => {
  const person = await signUp(page);
  await page.goto('/account/two-factor');
  await expect(page.getByRole('heading', { name: 'Two-factor sign-in' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Your password').fill('wrong');
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByLabel('Your password')).toHaveAccessibleDescription('That is not your password.');
  await page.getByLabel('Your password').fill(person.password);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'two-factor-key');
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/not the code of now/);
  await page.reload();

  const { secret, codes } = await turnOn(page, person.password);
  await expectAccessible(page);
  await photograph(page, 'two-factor-codes');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(await readFile(await saved.path(), 'utf8')).toContain(codes[9] as string);
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 codes are left')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'two-factor-on');

  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByLabel('Code')).toBeFocused();
  await expectAccessible(page);
  await photograph(page, 'sign-in-code');
  await page.getByLabel('Code').fill('12345');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/not valid, or was used/);
  // The code of now has confirmed the key; an app that is half a minute ahead shows the next.
  await page.getByLabel('Code').fill(totp(secret, 30));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/dashboard');

  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(codes[0] as string);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL('/dashboard');

  await page.goto('/account/two-factor');
  await expect(page.getByText('9 codes are left')).toBeVisible();
  await page.getByRole('button', { name: 'Turn it off' }).click();
  const dialog = page.getByRole('dialog', { name: 'Turn it off' });
  await dialog.getByLabel('Your password').fill(person.password);
  await dialog.getByRole('button', { name: 'Turn it off' }).click();
  await expect(page.getByRole('button', { name: 'Set it up' })).toBeVisible();
});

test('mails that can be done without are a choice', async ({ page }) => {
  await signUp(page);
  await page.goto('/account/notifications');
  const [reminders, tokens] = [page.getByLabel('Reminders of appointments'), page.getByLabel('Reminders of tokens')];
  await expect(reminders).toBeChecked();
  await expect(tokens).toBeChecked();
  await expectAccessible(page);
  await photograph(page, 'account-notifications');
  await reminders.uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(reminders).not.toBeChecked();
  await expect(tokens).toBeChecked();
  await tokens.uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(tokens).not.toBeChecked();
});

test('the parts of the account stand beside the page, on phones in a list', async ({ page }) => {
  await signUp(page);
  await page.goto('/account');
  await expect(page).toHaveURL('/account/profile');
  const parts = page.getByRole('navigation', { name: 'Parts of your account' });
  await parts.getByRole('link', { name: 'Receipts' }).click();
  await expect(page).toHaveURL('/dashboard/orders');

  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/account');
  await expectAccessible(page);
  await photograph(page, 'account');
  await page.setViewportSize({ width: 360, height: 740 });
  await parts.getByRole('link', { name: 'Sign-ins' }).click();
  await expect(page.getByRole('heading', { name: 'Sign-ins' })).toBeVisible();
  await expect(parts).toBeHidden();
  await page.getByRole('main').getByRole('link', { name: 'Account' }).click();
  await expect(parts).toBeVisible();
});

test('the owner is asked for it, and where it is required led to it', async ({ page, shop }) => {
  await signIn(page, { email: 'owner@example.com', password: 'owner of the shop' });
  await page.goto('/admin/orders');
  await expect(page.getByText('Only your password guards these pages.')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'admin-password-alone');
  expect(shop.url).toBeTruthy();

  const strict = await start(900, { VITRINE_REQUIRE_ADMIN_TOTP: 'true' });
  try {
    await page.request.post(`${strict.url}/api/v1/auth/login`, { data: { email: 'owner@example.com', password: 'owner of the shop' } });
    await page.goto(`${strict.url}/admin`);
    await expect(page).toHaveURL(`${strict.url}/account/two-factor`);
    await expect(page.getByText('This shop asks its owner for two-factor sign-in.')).toBeVisible();
    await photograph(page, 'two-factor-required');
    await turnOn(page, 'owner of the shop');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.goto(`${strict.url}/admin`);
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await expect(page.getByText('Only your password guards these pages.')).toBeHidden();
  } finally {
    await strict.stop();
  }
});
