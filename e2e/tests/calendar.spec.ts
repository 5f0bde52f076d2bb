// The owner's calendar: what is booked, when it can be booked, calendars elsewhere.
import { chooseTime, open, service, starts } from '../rig/calendar.ts';
import { OWNER, type Shop, buy, expect, expectAccessible, photograph, signIn, signUp, somebody, test } from '../rig/index.ts';

/** A booking made by a customer of that name. Answers its start, and the customer's address. */
async function booked(shop: Shop, name: string, settings: Record<string, unknown> = {}, answers = {}) {
  const product = await service(shop.owner, settings);
  const customer = shop.visitor();
  const person = somebody(name);
  await customer.post('/auth/register', person);
  await buy(shop, person, product);
  await customer.signIn(person.email, person.password);
  const { data } = await customer.get<{ data: { id: string }[] }>('/entitlements');
  const start = (await starts(customer, product))[2]!;
  const body = { product_id: product.id, start, time_zone: 'Asia/Tokyo', answers, pay_with: { kind: 'entitlement', id: data[0]!.id } };
  const made = await customer.post<{ id: string }>('/bookings', body);
  return { id: made.id, start, date: start.slice(0, 10), customer, product, person };
}

test('a booking is seen, annotated, moved and cancelled', async ({ page, shop }) => {
  await open(shop.owner, 'UTC');
  const questions = [{ id: 'topic', label: 'What about?', kind: 'text', required: true }];
  const made = await booked(shop, 'Grace Visitor', { questions, location: 'https://video.example/room' }, { topic: 'Wood ash' });
  await signIn(page, OWNER);
  await page.goto(`/admin/calendar?view=month&on=${made.date}`);
  await expect(page.getByRole('link', { name: /Grace Visitor/ })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'calendar-month');
  await page.getByRole('link', { name: 'Week', exact: true }).click();
  await page.getByRole('link', { name: /Grace Visitor/ }).click();

  const detail = page.getByRole('complementary', { name: 'Appointment' });
  await expect(detail.getByText('Wood ash')).toBeVisible();
  await expect(detail.getByText(/Asia\/Tokyo/)).toBeVisible();
  await expect(detail.getByRole('link', { name: 'https://video.example/room' })).toBeVisible();
  await detail.getByLabel('Private note').fill('Bring the ash samples.');
  await detail.getByRole('button', { name: 'Save note' }).click();
  await expect(page.getByText('Note saved')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'calendar-week');

  await detail.getByRole('button', { name: 'Move', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Any other time').check();
  await dialog.getByLabel(/^Start, by the clocks of/).fill(`${made.date}T22:15`);
  await dialog.getByLabel('A word to the customer').fill('The kiln is late.');
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(dialog).toBeHidden();
  const moved = await made.customer.get<{ start: string }>(`/bookings/${made.id}`);
  expect(Date.parse(moved.start)).toBe(Date.parse(`${made.date}T22:15:00Z`));
  await page.reload();
  await expect(detail.getByLabel('Private note')).toHaveValue('Bring the ash samples.');

  await detail.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByLabel('A word to the customer').fill('I am ill, sorry.');
  await photograph(page, 'calendar-cancel');
  await dialog.getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(detail.getByText('Cancelled')).toBeVisible();
  const over = await made.customer.get<{ status: string; cancel_reason: string }>(`/bookings/${made.id}`);
  expect(over).toMatchObject({ status: 'cancelled', cancel_reason: 'I am ill, sorry.' });
  const { data } = await made.customer.get<{ data: { bookings_remaining: number }[] }>('/entitlements');
  expect(data[0]!.bookings_remaining).toBe(1);
});

test('the owner books for a customer', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin');
  const product = await service(shop.owner);
  const ada = somebody('Ada Byron');
  await signUp(page, ada);
  await signIn(page, OWNER);
  await page.goto('/admin/calendar/new');
  await page.getByLabel('Name or e-mail of the customer').fill(ada.email);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('button', { name: new RegExp(ada.email) }).click();
  await page.getByLabel('Service').selectOption({ label: product.name });
  await chooseTime(page, 2);
  await photograph(page, 'calendar-book-for');
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  const detail = page.getByRole('complementary', { name: 'Appointment' });
  await expect(detail.getByRole('link', { name: 'Ada Byron' })).toBeVisible();
  await expect(detail.getByText('Nothing: you booked it')).toBeVisible();
});

test('the week is shown as it is being edited', async ({ page, shop }) => {
  await open(shop.owner, 'Europe/Berlin', '09:00', '17:00');
  await signIn(page, OWNER);
  await page.goto('/admin/calendar/hours');
  const week = page.getByRole('region', { name: 'The resulting week' });
  await expect(week.getByText('09:00–17:00')).toHaveCount(7);
  await page.getByLabel('Monday: until').fill('12:00');
  await page.getByRole('button', { name: 'Monday: Add hours' }).click();
  await page.getByLabel('Monday: from').nth(1).fill('13:30');
  await page.getByLabel('Monday: until').nth(1).fill('00:00');
  await page.getByRole('button', { name: 'Sunday: Remove hours' }).click();
  await expect(week.getByRole('listitem').first()).toContainText('09:00–12:00, 13:30–24:00');
  await expect(week.getByRole('listitem').last()).toContainText('Closed');
  await page.getByLabel('Tuesday: until').fill('08:00');
  await expect(page.getByText('Each range ends after it starts').first()).toBeVisible();
  await page.getByLabel('Tuesday: until').fill('18:00');

  await page.getByRole('button', { name: 'Plan a journey' }).click();
  const wednesday = await week.getByRole('listitem').nth(2).textContent();
  const monday = new Date();
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7) + 7);
  const day = (ahead: number) => new Date(monday.getTime() + ahead * 86_400_000).toISOString().slice(0, 10);
  const journey = page.getByRole('group', { name: 'Journey' });
  await journey.getByLabel('First day').fill(day(2));
  await journey.getByLabel('Last day').fill(day(3));
  await journey.getByLabel('Time zone there').selectOption('Asia/Tokyo');
  expect(wednesday).not.toContain('Tokyo');
  await week.getByRole('button', { name: 'After' }).click();
  await expect(week.getByRole('listitem').nth(2)).toContainText('Asia/Tokyo');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Hours saved')).toBeVisible();

  const other = page.getByRole('form', { name: 'Days with other hours' });
  await other.getByLabel('Day', { exact: true }).fill(day(4));
  await other.getByRole('button', { name: 'Set this day' }).click();
  await expect(week.getByRole('listitem').nth(4)).toContainText('Closed');
  const off = page.getByRole('form', { name: 'Time off and blocked times' });
  await off.getByLabel('Whole days').uncheck();
  await off.getByLabel('From').fill(`${day(5)}T12:00`);
  await off.getByLabel('Until').fill(`${day(5)}T13:00`);
  await off.getByLabel('Reason').fill('Dentist');
  await off.getByRole('button', { name: 'Block this time' }).click();
  await expect(page.getByText(/Dentist/)).toBeVisible();
  await expect(week.getByRole('listitem').nth(5)).toContainText('09:00–12:00, 13:00–17:00');
  await expectAccessible(page);
  await photograph(page, 'calendar-hours');

  await page.reload();
  await week.getByRole('button', { name: 'After' }).click();
  await expect(week.getByRole('listitem').first()).toContainText('09:00–12:00, 13:30–24:00');
  await expect(week.getByRole('listitem').nth(5)).toContainText('09:00–12:00, 13:00–17:00');
  for (const name of ['overrides', 'blocked-periods']) {
    const { data } = await shop.owner.get<{ data: { id: string }[] }>(`/admin/calendar/${name}`);
    for (const { id } of data) await shop.owner.delete(`/admin/calendar/${name}/${id}`);
  }
});

test('calendars elsewhere are added, said to fail, and removed; the feed is renewed', async ({ page, shop }) => {
  await signIn(page, OWNER);
  await page.goto('/admin/calendar/outside');
  await page.getByLabel('Address of its ICS file').fill('ftp://example.com/a.ics');
  await page.getByRole('button', { name: 'Add calendar' }).click();
  await expect(page.locator('[aria-invalid=true]')).toBeVisible();
  await page.getByLabel('Address of its ICS file').fill('https://calendar.invalid/private/basic.ics');
  await page.getByRole('button', { name: 'Add calendar' }).click();
  await expect(page.getByText('Cannot be read')).toBeVisible();
  await expect(page.getByText('Not read yet')).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'calendar-outside');
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('None yet.')).toBeVisible();

  const renew = async () => {
    await page.getByRole('button', { name: 'Make a new address' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new address' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    return (await page.locator('code').textContent())!;
  };
  const first = await renew();
  expect((await page.request.get(first)).headers()['content-type']).toContain('text/calendar');
  const second = await renew();
  expect(second).not.toBe(first);
  expect((await page.request.get(first)).status()).toBe(404);
  expect((await page.request.get(second)).status()).toBe(200);
});
