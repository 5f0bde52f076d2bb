// Booking an appointment that was bought, and changing one's mind.
import { buy, expect, expectAccessible, photograph, signUp, somebody, test } from '../rig/index.ts';

test('an appointment is booked in the customer’s own zone, moved and cancelled', async ({ page, shop }) => {
  await shop.owner.put('/admin/calendar/schedule', {
    time_zone: 'America/New_York',
    rules: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((weekday) => ({ weekday, start: '09:00', end: '17:00' })),
  });
  const ada = somebody();
  await signUp(page, ada);
  await buy(shop, ada, shop.catalog.service);
  const customer = shop.visitor();
  await customer.signIn(ada.email, ada.password);
  const { data } = await customer.get<{ data: { id: string }[] }>('/entitlements');

  await page.goto(`/dashboard/bookings/new/${data[0]!.id}`);
  await page.getByLabel('Times shown in').selectOption('Asia/Tokyo');
  await page.getByRole('button', { name: 'Month after' }).click();
  await page.getByRole('button', { name: /times free/ }).nth(3).click();
  await expect(page.getByText('the owner is in America/New York')).toBeVisible();
  await page.getByRole('button', { name: /^\d+:\d\d\s[AP]M$/ }).first().click();
  await expect(page.getByText(/Free to cancel or move until/)).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'book');
  await page.getByRole('button', { name: /^Book / }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Appointments' })).toBeVisible();
  await expect(page.getByText('Booked', { exact: true })).toBeVisible();
  await expectAccessible(page);
  await photograph(page, 'bookings');
  const { data: booked } = await customer.get<{ data: { start: string; time_zone: string }[] }>('/bookings');
  expect(booked[0]!.time_zone).toBe('Asia/Tokyo');
  const hour = Number(new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: 'numeric', hour12: false }).format(new Date(booked[0]!.start)));
  expect(hour).toBeGreaterThanOrEqual(9);
  expect(hour).toBeLessThan(17);

  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Month after' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /times free/ }).nth(4).click();
  await page.getByRole('dialog').getByRole('button', { name: /^\d+:\d\d\s[AP]M$/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  const { data: moved } = await customer.get<{ data: { start: string }[] }>('/bookings');
  expect(moved[0]!.start).not.toBe(booked[0]!.start);

  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('comes back to you')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();
  const owned = await customer.get<{ data: { bookings_remaining: number }[] }>('/entitlements');
  expect(owned.data[0]!.bookings_remaining).toBe(1);
});
