// Booking an appointment, before or after paying, and changing one's mind.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { atHour, chooseTime, expectNoSidewaysScroll, monthAfter, nextChange, open, service, starts, tabTo, times } from '../rig/calendar.ts';
import { type Api, OWNER, type Product, type Shop, Stripe, buy, expect, expectAccessible, photograph, signIn, signUp, somebody, test } from '../rig/index.ts';

/** Somebody who bought `product` and is signed in. Answers their API, and what they own. */
async function owning(page: Page, shop: Shop, product: Product): Promise<[Api, string]> {
  const ada = somebody();
  await signUp(page, ada);
  await buy(shop, ada, product);
  const customer = shop.visitor();
  await customer.signIn(ada.email, ada.password);
  const { data } = await customer.get<{ data: { id: string }[] }>('/entitlements');
  return [customer, data[0]!.id];
}

interface Booking {
  id: string;
  start: string;
  time_zone: string;
  status: string;
}

const bookings = async (customer: Api) => (await customer.get<{ data: Booking[] }>('/bookings')).data;
const left = async (customer: Api) => (await customer.get<{ data: { bookings_remaining: number }[] }>('/entitlements')).data[0]!.bookings_remaining;

test.describe('with the browser in Tokyo', () => {
  test.use({ timezoneId: 'Asia/Tokyo' });

  test('times are right on both sides of a change of the owner’s clocks', async ({ page, shop }) => {
    await open(shop.owner, 'America/New_York', '09:00', '10:00');
    const [customer, own] = await owning(page, shop, await service(shop.owner, { horizon_days: 400 }));
    const change = nextChange('America/New_York');
    const before = new Date(Date.parse(change) - 86_400_000).toISOString().slice(0, 10);
    const inTokyo = (at: Date, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Tokyo', ...options }).format(at);

    await page.goto(`/dashboard/bookings/new/${own}`);
    await expect(page.getByLabel('Times shown in')).toHaveValue('Asia/Tokyo');
    const [last, first] = [atHour('America/New_York', before, 9), atHour('America/New_York', change, 9)];
    expect(first.getTime() - last.getTime()).not.toBe(86_400_000);
    for (const at of [last, first]) {
      const month = page.getByRole('heading', { name: inTokyo(at, { month: 'long', year: 'numeric' }) });
      while (!(await month.isVisible())) {
        await monthAfter(page);
      }
      await page.getByRole('button', { name: `${inTokyo(at, { dateStyle: 'full' })}: 1 time free` }).click();
      await expect(times(page)).toHaveText([new RegExp(inTokyo(at, { timeStyle: 'short' }).replace(/\s/, '\\s'))]);
      await expect(page.getByText('the owner is in America/New York')).toBeVisible();
    }
    await times(page).click();
    await page.getByRole('button', { name: /^Book / }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'It is booked' })).toBeVisible();
    const [booked] = await bookings(customer);
    expect([Date.parse(booked!.start), booked!.time_zone]).toEqual([first.getTime(), 'Asia/Tokyo']);
  });
});

test('an appointment is booked in the customer’s own zone, moved and cancelled', async ({ page, shop }) => {
  await open(shop.owner, 'America/New_York');
  const [customer, own] = await owning(page, shop, await service(shop.owner));

  await page.goto(`/dashboard/bookings/new/${own}`);
  await page.getByLabel('Times shown in').selectOption('Asia/Tokyo');
  await chooseTime(page);
  await expect(page.getByText('the owner is in America/New York')).toBeVisible();
  await expect(page.getByText(/Free to cancel or move until/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'book');
  await page.getByRole('button', { name: /^Book / }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'It is booked' })).toBeVisible();
  await expect(page.getByText('Booked', { exact: true })).toBeVisible();
  await expect(page.getByText(/\(Asia\/Tokyo\)/).first()).toBeVisible();
  await expect(page.getByText(/\(America\/New York\) where the owner is$/)).toBeVisible();
  await expect(page.getByText(/Free to cancel or move until/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'booked');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Add to calendar' }).click();
  const invite = await saved;
  expect(invite.suggestedFilename()).toMatch(/^appointment-.*\.ics$/);
  expect(readFileSync(await invite.path(), 'utf8')).toContain('BEGIN:VEVENT');

  await page.getByRole('link', { name: 'All appointments' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Appointments' })).toBeVisible();
  await expect(page.getByText('Booked', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add to calendar' })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'bookings');
  const [booked] = await bookings(customer);
  expect(booked!.time_zone).toBe('Asia/Tokyo');
  const hour = Number(new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: 'numeric', hour12: false }).format(new Date(booked!.start)));
  expect(hour).toBeGreaterThanOrEqual(9);
  expect(hour).toBeLessThan(17);

  await page.getByRole('button', { name: 'Move', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await chooseTime(page, 4);
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(dialog).toBeHidden();
  const [moved] = await bookings(customer);
  expect(moved!.start).not.toBe(booked!.start);

  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('comes back to you')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();
  expect(await left(customer)).toBe(1);
});

test('after the cut-off it is said before the click that nothing comes back', async ({ page, shop }) => {
  await open(shop.owner, 'UTC');
  const product = await service(shop.owner, { cancel_until_minutes: 200 * 24 * 60 });
  const [customer, own] = await owning(page, shop, product);
  await page.goto(`/dashboard/bookings/new/${own}`);
  await chooseTime(page);
  await expect(page.getByText(/^This time is near: .* what was paid does not come back\.$/)).toBeVisible();
  await expect(page.getByText(/Free to cancel/)).toBeHidden();
  const [start] = await starts(customer, product);
  await customer.post('/bookings', { product_id: product.id, start, time_zone: 'UTC', answers: {}, pay_with: { kind: 'entitlement', id: own } });

  await page.goto('/dashboard/bookings');
  await expect(page.getByText(/It was free to cancel until/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Move', exact: true })).toBeHidden();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('the appointment does not come back')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();
  expect(await left(customer)).toBe(0);
});

test('a time is chosen first, held, and paid', async ({ page, shop }) => {
  await open(shop.owner, 'America/New_York');
  const questions = [{ id: 'topic', label: 'What about?', kind: 'text', required: true }];
  const product = await service(shop.owner, { questions, location: 'https://meet.example.com/kiln' });
  await page.goto(`/products/${product.slug}`);
  await page.getByRole('link', { name: 'Choose a time and pay' }).click();
  await page.getByLabel('What about?').fill('Glazes that craze');
  const time = await chooseTime(page);
  await expectAccessible(page);
  await photograph(page, 'book-and-pay');
  await page.getByRole('button', { name: /^Hold .* and pay$/ }).click();

  // Nobody is signed in yet: time and answers wait.
  const ada = somebody();
  await expect(page).toHaveURL(/\/sign-in/);
  const next = new URL(page.url()).searchParams.get('next')!;
  await signUp(page, ada);
  await page.goto(next);
  await expect(page.getByLabel('What about?')).toHaveValue('Glazes that craze');
  await expect(page.getByRole('button', { name: time, pressed: true })).toBeVisible();
  await page.getByRole('button', { name: /^Hold .* and pay$/ }).click();
  await page.waitForURL(/cs_/);
  const session = Stripe.session(page.url());

  await page.goto('/checkout/cancelled');
  await expect(page.getByText(/is held for you until/)).toBeVisible();
  await photograph(page, 'held');
  await page.getByRole('link', { name: 'Go on to pay' }).click();
  await page.waitForURL(/cs_/);
  expect(Stripe.session(page.url())).toBe(session);

  await shop.stripe.pay(session);
  await page.goto(`/checkout/success?session_id=${session}`);
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toHaveText('It is booked');
  await expect(page.getByText('Booked', { exact: true })).toBeVisible();
  await expect(page.getByText(/– .* \(Europe\/Berlin\)/).first()).toBeVisible();
  await expect(page.getByText(/\(America\/New York\) where the owner is$/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'https://meet.example.com/kiln' })).toBeVisible();
  await expect(page.getByText(/Free to cancel or move until/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'success-appointment');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Add to calendar' }).click();
  expect(readFileSync(await (await saved).path(), 'utf8')).toContain('BEGIN:VEVENT');

  // The order knows the appointment, too.
  await page.getByRole('link', { name: /^Order \d+$/ }).click();
  await expect(page.getByRole('cell').filter({ hasText: '(Europe/Berlin)' })).toBeVisible();
  await photograph(page, 'order-appointment');
  await page.goBack();
  const customer = shop.visitor();
  await customer.signIn(ada.email, ada.password);
  const [before] = await bookings(customer);
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await chooseTime(page, 4);
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(dialog).toBeHidden();
  expect((await bookings(customer))[0]!.start).not.toBe(before!.start);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(page.getByText('Cancelled', { exact: true }).first()).toBeVisible();
  await expect(title).toHaveText('Your appointment');

  await page.goto(`/products/${product.slug}/book`);
  await expect(page.getByLabel('What about?')).toHaveValue('');
  await expect(page.getByText(/held for you/)).toBeHidden();
});

test('the link in a mail is enough to move and to cancel', async ({ page, shop }) => {
  await open(shop.owner, 'America/New_York');
  const product = await service(shop.owner, { location: '+49 30 901820' });
  const ada = somebody();
  const customer = shop.visitor();
  await customer.post('/auth/register', ada);
  await buy(shop, ada, product);
  await customer.signIn(ada.email, ada.password);
  const { data } = await customer.get<{ data: { id: string }[] }>('/entitlements');
  const [start] = await starts(customer, product);
  await customer.post('/bookings', { product_id: product.id, start, time_zone: 'Europe/Berlin', answers: {}, pay_with: { kind: 'entitlement', id: data[0]!.id } });
  const mails = await shop.owner.get<{ data: { subject: string; text: string }[] }>(`/admin/mails?to=${encodeURIComponent(ada.email)}`);
  const link = mails.data.find((mail) => mail.subject.startsWith('Booked:'))!.text.match(/\/bookings\/manage#\S+/)![0];

  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1, name: 'Your appointment' })).toBeVisible();
  await expect(page.getByText(/– .* \(Europe\/Berlin\)/).first()).toBeVisible();
  await expect(page.getByText(/\(America\/New York\) where the owner is$/)).toBeVisible();
  await expect(page.getByRole('link', { name: '+49 30 901820' })).toHaveAttribute('href', 'tel:+4930901820');
  await expectAccessible(page);
  await photograph(page, 'manage');
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await chooseTime(page, 4);
  await photograph(page, 'manage-move');
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(dialog).toBeHidden();
  expect((await bookings(customer))[0]!.start).not.toBe(start);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await photograph(page, 'manage-cancel');
  await dialog.getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(page.getByText('Cancelled', { exact: true }).first()).toBeVisible();
  expect((await bookings(customer))[0]!.status).toBe('cancelled');
});

test('a hold that is not paid ends, and its time is free again', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const product = await service(shop.owner);
  await signUp(page);
  await page.goto(`/products/${product.slug}/book`);
  const time = await chooseTime(page);
  await page.getByRole('button', { name: /^Hold / }).click();
  await page.waitForURL(/cs_/);
  const session = Stripe.session(page.url());
  await page.goto(`/products/${product.slug}/book`);
  await expect(page.getByText(/is held for you until/)).toBeVisible();
  await (await monthAfter(page)).nth(3).click();
  await expect(times(page).first()).not.toHaveText(time);

  await shop.stripe.expire(session);
  await shop.stripe.idle();
  await page.goto(`/checkout/success?session_id=${session}`);
  await expect(page.getByRole('heading', { level: 1, name: 'The time to pay ran out' })).toBeVisible();
  await page.goto(`/products/${product.slug}/book`);
  await (await monthAfter(page)).nth(3).click();
  await expect(times(page).first()).toHaveText(time);
  await expect(page.getByText(/held for you/)).toBeHidden();
});

test('who loses the race sees fresh times at once, and keeps what was typed', async ({ page, shop }) => {
  await open(shop.owner, 'UTC');
  const product = await service(shop.owner, { questions: [{ id: 'topic', label: 'What about?', kind: 'long_text', required: false }] });
  const [customer, own] = await owning(page, shop, product);
  await page.goto(`/dashboard/bookings/new/${own}`);
  await page.getByLabel('Times shown in').selectOption('Africa/Abidjan');
  await page.getByLabel('What about?').fill('Kilns');
  const time = await chooseTime(page);
  const chosen = (await page.getByRole('button', { name: /^Book / }).textContent())!;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
  const words = (start: string) => format.format(new Date(start));

  // Somebody else is faster.
  const bob = somebody();
  const faster = shop.visitor();
  await faster.post('/auth/register', bob);
  await buy(shop, bob, product);
  await faster.signIn(bob.email, bob.password);
  const { data } = await faster.get<{ data: { id: string }[] }>('/entitlements');
  const start = (await starts(faster, product, 55)).find((each) => chosen.includes(words(each)));
  await faster.post('/bookings', { product_id: product.id, start, time_zone: 'UTC', answers: {}, pay_with: { kind: 'entitlement', id: data[0]!.id } });

  await page.getByRole('button', { name: /^Book / }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('button', { name: time, exact: true })).toBeHidden();
  await expect(page.getByLabel('What about?')).toHaveValue('Kilns');
  await photograph(page, 'lost-race');
  await times(page).first().click();
  await page.getByRole('button', { name: /^Book / }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'It is booked' })).toBeVisible();
  expect((await bookings(customer))[0]!.start).not.toBe(start);
});

test('what one person typed is not shown to the next in the same browser', async ({ page, shop }) => {
  await open(shop.owner, 'UTC');
  const product = await service(shop.owner, { questions: [{ id: 'topic', label: 'What about?', kind: 'text', required: false }] });
  await signUp(page);
  await page.goto(`/products/${product.slug}/book`);
  await page.getByLabel('What about?').fill('A secret glaze');
  await page.reload();
  await expect(page.getByLabel('What about?')).toHaveValue('A secret glaze');
  await signUp(page);
  await page.goto(`/products/${product.slug}/book`);
  await expect(page.getByLabel('What about?')).toHaveValue('');
});

test('a phone’s width and a keyboard are enough', async ({ page, shop }) => {
  await open(shop.owner, 'UTC');
  const [customer, own] = await owning(page, shop, await service(shop.owner, { questions: [{ id: 'topic', label: 'What about?', kind: 'text', required: true }] }));
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`/dashboard/bookings/new/${own}`);
  await expect(page.getByRole('button', { name: 'Month after' })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await tabTo(page, /^What about\?/);
  await page.keyboard.type('Slips');
  await tabTo(page, /^Month after$/);
  await expect((await monthAfter(page, () => page.keyboard.press('Enter'))).first()).toBeVisible();
  await tabTo(page, /times free$/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^\d+:\d\d\s[AP]M$/);
  await page.keyboard.press('Space');
  await expectNoSidewaysScroll(page);
  await tabTo(page, /^Book .*[AP]M$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'It is booked' })).toBeVisible();
  expect((await bookings(customer)).map(({ status }) => status)).toEqual(['accepted']);
  await expectNoSidewaysScroll(page);
});

test('a file comes with the answers, and the owner saves it', async ({ page, shop }) => {
  await open(shop.owner, 'UTC');
  const product = await service(shop.owner, { questions: [{ id: 'sketch', label: 'A sketch', kind: 'file', required: true }] });
  const [customer, own] = await owning(page, shop, product);
  await page.goto(`/dashboard/bookings/new/${own}`);
  const sketch = page.getByRole('group', { name: 'A sketch' });
  await sketch.getByLabel('Choose a file').setInputFiles({ name: 'a.html', mimeType: 'text/html', buffer: Buffer.from('<html><script>1</script></html>') });
  await expect(page.getByText('A picture, a PDF, a text or a document', { exact: true })).toBeVisible();
  const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n');
  await sketch.getByLabel('Choose a file').setInputFiles({ name: 'sketch.pdf', mimeType: 'application/pdf', buffer: pdf });
  await expect(sketch.getByText(/^sketch\.pdf/)).toBeVisible();
  await expect.poll(() => page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain('sketch.pdf');
  await page.reload();
  await expect(sketch.getByText(/^sketch\.pdf/)).toBeVisible();
  await photograph(page, 'book-with-file');
  await chooseTime(page);
  await page.getByRole('button', { name: /^Book / }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'It is booked' })).toBeVisible();

  const [made] = await bookings(customer);
  await signIn(page, OWNER);
  await page.goto(`/admin/calendar?view=week&on=${made!.start.slice(0, 10)}&booking=${made!.id}`);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: /^sketch\.pdf/ }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe('sketch.pdf');
  expect(readFileSync(await download.path())).toEqual(pdf);
});
