// Getting in, and the account's own pages.
import { readFile } from 'node:fs/promises';
import { type Shop, expect, expectAccessible, photograph, signIn, signUp, somebody, test } from '../rig/index.ts';

// Most tests here look at several pages, each in six pictures.
test.describe.configure({ timeout: 90_000 });

/** The link in the newest mail to `email` whose address begins with `path`. */
async function mailedLink(shop: Shop, email: string, path: string): Promise<string> {
  let link: string | undefined;
  await expect(async () => {
    const mails = await shop.owner.get<{ data: { text: string }[] }>(`/admin/mails?to=${encodeURIComponent(email)}`);
    link = mails.data.map(({ text }) => text.match(/https?:\/\/\S+/g)?.find((url) => new URL(url).pathname === path)).find(Boolean);
    expect(link, `a mail with a link to ${path}`).toBeTruthy();
  }).toPass({ timeout: 15_000 });
  return link as string;
}

test('signs up, confirms the address by the mailed link, signs out and in again', async ({ page, shop }) => {
  const person = somebody('Grace Newcomer');
  await page.goto('/sign-up');
  await expect(page.getByRole('heading', { name: 'Make an account' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'sign-up');
  await page.getByLabel('Name', { exact: true }).fill(person.name);
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Make an account' }).click();

  await expect(page).toHaveURL('/dashboard');
  await expect(page.getByText(`the link we sent to ${person.email}`)).toBeVisible();
  await expectAccessible(page);

  await page.goto(await mailedLink(shop, person.email, '/verify-email'));
  await expect(page.getByRole('heading', { name: 'Address confirmed' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'verify-email');
  await page.getByRole('main').getByRole('link', { name: 'To your products' }).click();
  await expect(page.getByRole('heading', { name: 'Your own shelf, still empty' })).toBeVisible();
  await expect(page.getByText('Please confirm your address')).toBeHidden();

  await page.getByRole('button', { name: person.name }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/dashboard');
});

test('says what is wrong beside the fields', async ({ page }) => {
  const person = await signUp(page, somebody());
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('E-mail address')).toHaveAccessibleDescription('Enter your e-mail address.');
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('E-mail or password is wrong');
  await expectAccessible(page);
  await photograph(page, 'sign-in-wrong');

  await page.getByRole('main').getByRole('link', { name: 'Make an account' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Someone Else');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('password1');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/lists that attackers try/);
  await page.getByLabel('Password', { exact: true }).fill('a long enough password');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByLabel('E-mail address')).toHaveAccessibleDescription(/an account with this address/);
  await expectAccessible(page);
  await photograph(page, 'sign-up-wrong');
});

test('a deep link survives signing in and signing up, one to elsewhere does not', async ({ page }) => {
  const person = await signUp(page);
  await page.context().clearCookies();
  await page.goto('/dashboard/orders?from=mail');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByRole('main').getByRole('link', { name: 'Make an account' }).click();
  await expect(page).toHaveURL(/\/sign-up\?next=/);
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/dashboard/orders?from=mail');

  for (const elsewhere of ['//example.com/', '/\\example.com/', 'https://example.com/', 'javascript:alert(1)']) {
    await page.goto(`/sign-in?next=${encodeURIComponent(elsewhere)}`);
    await expect(page).toHaveURL('/dashboard');
  }
});

test('a forgotten password is set anew by the mailed link, once', async ({ page, shop }) => {
  const person = await signUp(page);
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'reset-password');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible();

  const link = await mailedLink(shop, person.email, '/reset-password/confirm');
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Set a new password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/At least 8 characters/);
  await expectAccessible(page);
  await photograph(page, 'reset-password-confirm');
  await page.getByLabel('Password', { exact: true }).fill('another long password');
  await page.getByRole('button', { name: 'Set a new password' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('another long password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/dashboard');

  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill('a third long password');
  await page.getByRole('button', { name: 'Set a new password' }).click();
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
  await page.goto('/verify-email?token=nonsense');
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
  await expectAccessible(page);
});

test('name, time zone and address can be changed', async ({ page, shop }) => {
  const person = await signUp(page);
  await page.goto('/account');
  await expect(page.getByLabel('Time zone')).toContainText('As my device has it (Europe/Berlin)');
  await expectAccessible(page);
  await photograph(page, 'account-profile');
  await page.getByLabel('Name', { exact: true }).fill('Ada Renamed');
  await page.getByLabel('Time zone').selectOption('Pacific/Auckland');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada Renamed');
  await expect(page.getByLabel('Time zone')).toHaveValue('Pacific/Auckland');
  await page.getByLabel('Name', { exact: true }).fill(' ');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');

  await page.getByRole('navigation', { name: 'Parts of your account' }).getByRole('link', { name: 'E-mail' }).click();
  await expect(page.getByText('Not confirmed yet')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'account-email');
  const changed = somebody().email;
  await page.getByLabel('New address').fill(changed);
  await page.getByLabel('Your password').fill('wrong');
  await page.getByRole('button', { name: 'Send the link', exact: true }).click();
  await expect(page.getByLabel('Your password')).toHaveAccessibleDescription('That is not your password.');
  await page.getByLabel('Your password').fill(person.password);
  await page.getByRole('button', { name: 'Send the link', exact: true }).click();
  await expect(page.getByText(`A link is on its way to ${changed}.`)).toBeVisible();
  await page.goto(await mailedLink(shop, changed, '/verify-email'));
  await expect(page.getByRole('heading', { name: 'Address confirmed' })).toBeVisible();
  await page.goto('/account/email');
  await expect(page.getByRole('main').getByText(changed)).toBeVisible();
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible();
});

test('a picture is cut, sent, shown and removed', async ({ page }) => {
  await signUp(page);
  await page.goto('/account');
  // Left half red, right half blue: the middle square has both, the one at the left end only red.
  const picture = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 200 });
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.fillStyle = '#ff0000';
    context.fillRect(0, 0, 200, 200);
    context.fillStyle = '#0000ff';
    context.fillRect(200, 0, 200, 200);
    return canvas.toDataURL('image/png').split(',')[1] as string;
  });
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(page.getByText('This file cannot be read as a picture.')).toBeVisible();
  await input.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') });
  const dialog = page.getByRole('dialog', { name: 'Cut your picture' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'account-picture');
  await dialog.getByRole('application').focus();
  for (let step = 0; step < 12; step++) await page.keyboard.press('ArrowLeft');
  await dialog.getByRole('button', { name: 'Use this picture' }).click();
  await expect(dialog).toBeHidden();
  const shown = page.getByRole('main').getByRole('img', { name: 'Picture' });
  await expect(shown).toBeVisible();
  await expect(shown).toHaveJSProperty('complete', true);
  const colours = await shown.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    const at = (x: number) => [...context.getImageData(x, 100, 1, 1).data.slice(0, 3)].map((part) => part > 128);
    return [image.naturalWidth, image.naturalHeight, at(10), at(image.naturalWidth - 10)];
  });
  expect(colours).toEqual([320, 320, [true, false, false], [true, false, false]]);
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(shown).toBeHidden();
});

test('the password can be changed, which ends other sign-ins; one can be ended by hand', async ({ page, browser, shop, address }) => {
  const person = await signUp(page);
  const elsewhere = await browser.newContext({ baseURL: shop.url, extraHTTPHeaders: { 'X-Forwarded-For': address } });
  const other = await elsewhere.newPage();
  await signIn(other, person);
  await other.goto('/dashboard');
  await expect(other.getByRole('heading', { name: 'Your own shelf, still empty' })).toBeVisible();

  await page.goto('/account/sessions');
  await expect(page.getByText('Chrome on Linux')).toHaveCount(2);
  await expect(page.getByText('This one')).toHaveCount(1);
  await expectAccessible(page);
  await photograph(page, 'account-sessions');
  await page.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
  await expect(page.getByText('Chrome on Linux')).toHaveCount(1);
  await other.goto('/account');
  await expect(other).toHaveURL(/\/sign-in\?next=%2Faccount/);

  await signIn(other, person);
  await page.goto('/account/password');
  await expectAccessible(page);
  await photograph(page, 'account-password');
  await page.getByLabel('Password so far').fill('wrong');
  await page.getByLabel('New password').fill('another long password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Password so far')).toHaveAccessibleDescription('That is not your password.');
  await page.getByLabel('Password so far').fill(person.password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password is changed.')).toBeVisible();
  await page.goto('/account/sessions');
  await expect(page.getByText('This one')).toBeVisible();
  await expect(page.getByText('Chrome on Linux')).toHaveCount(1);
  await other.goto('/account');
  await expect(other).toHaveURL(/\/sign-in/);
  await elsewhere.close();
});

test('the data can be taken along, and the account deleted', async ({ page }) => {
  const person = await signUp(page);
  await page.goto('/account/data');
  await expectAccessible(page);
  await photograph(page, 'account-data');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download my data' }).click()]);
  expect(saved.suggestedFilename()).toMatch(/^account-\d{4}-\d{2}-\d{2}\.json$/);
  const document = JSON.parse(await readFile(await saved.path(), 'utf8'));
  expect(document.account.email).toBe(person.email);

  await page.getByRole('button', { name: 'Delete account' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await expect(dialog.getByText("stay in the shop's books")).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'account-delete');
  await dialog.getByLabel('Your password').fill('wrong');
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await expect(dialog.getByLabel('Your password')).toHaveAccessibleDescription('That is not your password.');
  await dialog.getByLabel('Your password').fill(person.password);
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  const answer = await page.request.post('/api/v1/auth/login', { data: { email: person.email, password: person.password } });
  expect(answer.status()).toBe(401);
});

test('no page of the account scrolls sideways on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  for (const path of ['/sign-in', '/sign-up', '/reset-password', '/reset-password/confirm?token=x', '/verify-email?token=x']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await fits(), path).toBe(true);
  }
  await signUp(page, somebody('Wolfeschlegelsteinhausenbergerdorff Hubert Blaine'));
  for (const path of ['/account', '/account/email', '/account/password', '/account/sessions', '/account/data']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await fits(), path).toBe(true);
  }
});
